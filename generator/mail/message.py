"""One mail for many people: built once, and spliced for each of them.

A ``Letter`` is what everybody gets; it may hold tags (any text that ``Recipient.values`` names) whose place each
person's own address of a page takes. The MIME tree is made once in ``Press``; a person costs a few joins.
"""

from __future__ import annotations

import binascii
import email.policy
import hashlib
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from email.headerregistry import Address
from email.message import EmailMessage
from email.utils import format_datetime
from functools import lru_cache

from generator.errors import DataError
from generator.mail.address import check_display_name, parse_address

POLICY = email.policy.SMTP.clone(max_line_length=998)
_FOLDED = email.policy.SMTP
_URL = re.compile(r"https?://[A-Za-z0-9._~:/?#\[\]@!$()*+,;=%-]{1,900}")
_HEADER_NAME = re.compile(r"[A-Za-z][A-Za-z0-9-]{0,60}")
_OUR_HEADERS = {
    *(
        "to",
        "cc",
        "bcc",
        "from",
        "sender",
        "reply-to",
        "subject",
        "date",
        "message-id",
        "return-path",
        "received",
    ),
    *(
        "mime-version",
        "content-type",
        "content-transfer-encoding",
        "list-unsubscribe",
        "list-unsubscribe-post",
    ),
    "dkim-signature",
}


@dataclass(frozen=True, slots=True)
class Sender:
    """A name and an address in From or Reply-To."""

    address: str
    name: str = ""

    def __post_init__(self) -> None:
        check_display_name(self.name)
        parse_address(self.address)

    @property
    def domain(self) -> str:
        """The part after @, which Message-ID uses."""
        return self.address.rpartition("@")[2]


@dataclass(frozen=True)
class Letter:
    """What everybody gets: subject, text and HTML with tags, and who sends it; ``html`` may be empty.

    ``at`` stands in the Date header, so that the same letter always gives the same bytes.
    """

    sender: Sender
    subject: str
    text: str
    html: str
    at: datetime
    reply_to: Sender | None = None
    headers: tuple[tuple[str, str], ...] = ()

    def __post_init__(self) -> None:
        check_headers((("Subject-Line", self.subject), *self.headers))


@dataclass(frozen=True, slots=True)
class Recipient:
    """One person's part of a letter.

    ``delivery_id`` is the same on every attempt, so that a duplicate can be seen. ``values`` maps each tag to an
    address of a page; ``unsubscribe_url`` becomes List-Unsubscribe with one click (RFC 8058). ``number`` is our number
    of the person; neither name nor address go into what a provider keeps.
    """

    delivery_id: str
    address: str
    values: Mapping[str, str] = field(default_factory=dict)
    unsubscribe_url: str = ""
    number: int = 0

    def __post_init__(self) -> None:
        urls = set(self.values.values())
        if self.unsubscribe_url:
            urls.add(self.unsubscribe_url)
        for url in urls:
            if not _URL.fullmatch(url):
                raise DataError(f"{self.delivery_id}: 差し込めるのはページのアドレスだけです")


def check_headers(headers: tuple[tuple[str, str], ...]) -> None:
    """Refuse headers that are ours to write, too many, too long, or that hold a control character."""
    if len(headers) > 30:
        raise DataError("見出し（ヘッダー）は30個までです")
    for name, value in headers:
        if not _HEADER_NAME.fullmatch(name) or name.lower() in _OUR_HEADERS:
            raise DataError(f"{name[:40]}: この見出し（ヘッダー）は付けられません")
        if len(value.encode()) > 998 - len(name) - 2 or any(
            ord(c) < 32 or 127 <= ord(c) < 160 for c in value
        ):
            raise DataError(f"{name}: 見出し（ヘッダー）の値が長すぎるか、制御文字があります")


def unsubscribe_headers(recipient: Recipient) -> dict[str, str]:
    """Return the two headers of RFC 8058, or none where there is nothing to leave."""
    if not recipient.unsubscribe_url:
        return {}
    return {
        "List-Unsubscribe": f"<{recipient.unsubscribe_url}>",
        "List-Unsubscribe-Post": "List-Unsubscribe=One-Click",
    }


class Press:
    """The MIME tree of one letter, cut at the places where people differ.

    ``tags`` are those that may stand in the letter; every recipient must bring a value for each.
    """

    def __init__(self, letter: Letter, tags: tuple[str, ...] = ()) -> None:
        self._letter = letter
        self._head = _shared_headers(letter)
        self._pieces = list(_body(letter, tags))

    def compose(self, recipient: Recipient) -> bytes:
        """Return the whole message for one person: RFC 5322, CRLF, seven-bit clean."""
        values = {tag: _quoted(url) for tag, url in recipient.values.items()}
        body = [values[piece] if isinstance(piece, str) else piece for piece in self._pieces]
        own = [
            f"To: {recipient.address}\r\n",
            f"Message-ID: <{recipient.delivery_id}@{self._letter.sender.domain}>\r\n",
            *(f"{name}: {value}\r\n" for name, value in unsubscribe_headers(recipient).items()),
        ]
        return b"".join(["".join(own).encode("ascii"), self._head, *body])


def tags_of(letter: Letter, recipient: Recipient) -> tuple[str, ...]:
    """Return the tags of a recipient that the letter really holds."""
    return tuple(tag for tag in recipient.values if tag in letter.text or tag in letter.html)


def _shared_headers(letter: Letter) -> bytes:
    named, more = _folded_headers(letter.sender, letter.reply_to, letter.subject, letter.headers)
    return b"%sDate: %s\r\n%s" % (named, format_datetime(letter.at).encode("ascii"), more)


@lru_cache(maxsize=256)
def _folded_headers(
    sender: Sender, reply_to: Sender | None, subject: str, headers: tuple[tuple[str, str], ...]
) -> tuple[bytes, bytes]:
    """Fold and encode what stands before and after the date; kept, because the same few letters go out all day."""
    named, more = EmailMessage(policy=_FOLDED), EmailMessage(policy=_FOLDED)
    named["From"] = _header_address(sender)
    if reply_to:
        named["Reply-To"] = _header_address(reply_to)
    named["Subject"] = subject
    more["MIME-Version"] = "1.0"
    for name, value in headers:
        more[name] = value
    return named.as_bytes().removesuffix(b"\r\n"), more.as_bytes().removesuffix(b"\r\n")


def _header_address(sender: Sender) -> Address:
    return Address(sender.name, addr_spec=sender.address)


def _body(letter: Letter, tags: tuple[str, ...]) -> Iterator[bytes | str]:
    if not letter.html:
        yield from _part(letter.text, "plain", tags)
        return
    digest = hashlib.sha256(f"{letter.subject}\0{letter.text}\0{letter.html}".encode()).hexdigest()[:24]
    edge = f"=_koho_{digest}"
    yield f'Content-Type: multipart/alternative; boundary="{edge}"\r\n\r\n--{edge}\r\n'.encode()
    yield from _part(letter.text, "plain", tags)
    yield f"\r\n--{edge}\r\n".encode()
    yield from _part(letter.html, "html", tags)
    yield f"\r\n--{edge}--\r\n".encode()


def _part(text: str, kind: str, tags: tuple[str, ...]) -> Iterator[bytes | str]:
    yield (
        f'Content-Type: text/{kind}; charset="utf-8"\r\nContent-Transfer-Encoding: quoted-printable\r\n\r\n'
    ).encode()
    splitter = re.compile("(" + "|".join(map(re.escape, tags)) + ")") if tags else None
    for position, piece in enumerate(splitter.split(text) if splitter else [text]):
        if position % 2:
            yield b"=\r\n"
            yield piece
            yield b"=\r\n"
        elif piece:
            yield _quoted(piece)


def _quoted(text: str) -> bytes:
    lines = text.replace("\r\n", "\n").encode()
    return binascii.b2a_qp(lines, istext=True).replace(b"\n", b"\r\n")
