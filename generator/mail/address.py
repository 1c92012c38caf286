"""What a mail address may be: read once at the edge, trusted inside."""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass

from generator.errors import DataError

_LOCAL = re.compile(r"[A-Za-z0-9!#$%&'*+/=?^_`{|}~.-]{1,64}")
_QUOTED = re.compile(r'"[A-Za-z0-9!#$%&\'*+/=?^_`{|}~. @-]{1,62}"')
_LABEL = re.compile(r"(?!-)[a-z0-9-]{1,63}(?<!-)")
_FORBIDDEN_IN_NAMES = frozenset(';,<>"\\@')


@dataclass(frozen=True, slots=True)
class MailAddress:
    """An address that can be written to, and the mailbox it means.

    ``given`` is as the person wrote it, ``deliverable`` has an ASCII domain, ``mailbox`` is what makes it unique
    (the domain in lower case, the local part in lower case as well: no provider keeps two people apart by case).
    """

    given: str
    deliverable: str
    mailbox: str


def parse_address(text: str) -> MailAddress:
    """Read an address; raise ``DataError`` (without repeating it) when no mail can safely go there.

    Carrier addresses with leading, double or trailing dots in the local part are quoted, as their providers require.
    """
    given = unicodedata.normalize("NFKC", text.strip(" \u3000"))
    if len(given.encode()) > 254 or any(unicodedata.category(c)[0] in "CZ" and c != " " for c in given):
        raise DataError("メールアドレスが長すぎるか、使えない文字が入っています")
    local, at, domain = given.rpartition("@")
    if not at:
        raise DataError("メールアドレスに @ がありません")
    local, host = _local(local), _domain(domain)
    return MailAddress(text.strip(" \u3000"), f"{local}@{host}", f"{local.strip(chr(34)).lower()}@{host}")


def check_display_name(name: str) -> str:
    """Return a display name that cannot break a header; raise ``DataError`` otherwise."""
    if len(name) > 120 or any(c in _FORBIDDEN_IN_NAMES or unicodedata.category(c)[0] == "C" for c in name):
        raise DataError('表示名に使えない文字が入っています（; , < > " \\ @ や制御文字）')
    return name


def _local(local: str) -> str:
    if _QUOTED.fullmatch(local):
        return local
    if not _LOCAL.fullmatch(local):
        raise DataError("メールアドレスの @ より前に使えない文字があります")
    odd = local.startswith(".") or local.endswith(".") or ".." in local
    return f'"{local}"' if odd else local


def _domain(domain: str) -> str:
    try:
        host = domain.rstrip(".").encode("idna").decode().lower() if domain else ""
    except UnicodeError:
        host = ""
    labels = host.split(".")
    bad = len(labels) < 2 or len(host) > 253 or not all(map(_LABEL.fullmatch, labels)) or labels[-1].isdigit()
    if bad:
        raise DataError("メールアドレスの @ より後ろ（ドメイン）が正しくありません")
    return host
