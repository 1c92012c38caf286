"""Signed tokens, one purpose each: what was signed to confirm cannot unsubscribe."""

from __future__ import annotations

import hashlib
import hmac
import os
import secrets
import time
from binascii import b2a_base64
from collections.abc import Mapping, Sequence
from enum import StrEnum
from typing import Any

import orjson
from itsdangerous import BadData, SignatureExpired, URLSafeSerializer, URLSafeTimedSerializer
from itsdangerous.encoding import base64_decode, int_to_bytes
from pydantic import SecretStr

from generator.errors import KohoError, SettingsError
from generator.forms.keyed_hash import KeyedHash
from generator.settings import Settings

SECONDS_A_DAY = 86_400
NOT_OURS = "リンクが正しくありません。メールのリンクをもう一度開いてください"


class Purpose(StrEnum):
    """What a token allows; part of what is signed."""

    CONFIRM = "confirm"  # finish a subscription
    UNSUBSCRIBE = "unsubscribe"  # leave; never expires
    MANAGE = "manage"  # choose topics
    EDIT_COMPANY = "edit-company"  # propose a revision of one company
    REGISTRATION = "registration"  # cancel one's place at an event
    FORM = "form"  # a form was fetched from us, not long ago


LIFETIME_DAYS: Mapping[Purpose, int | None] = {
    Purpose.CONFIRM: 7,
    Purpose.UNSUBSCRIBE: None,
    Purpose.MANAGE: 365,
    Purpose.EDIT_COMPANY: 7,
    Purpose.REGISTRATION: None,
    Purpose.FORM: 1,
}


class InvalidTokenError(KohoError):
    """The token is not ours, was changed, or was made for something else."""


class ExpiredTokenError(InvalidTokenError):
    """The token is ours, but its time is over."""


class Tokens:
    """Signs with the first key and accepts every key, so that keys can be rotated.

    Retired keys stay in the list to verify: a way to leave must work for years.
    """

    def __init__(self, keys: Sequence[SecretStr]) -> None:
        if not keys or any(len(key.get_secret_value()) < 16 for key in keys):
            raise SettingsError(
                "KOHO_SECRET_KEYS: 16文字以上の署名鍵が要ります。koho doctor の案内に従って作ってください"
            )
        # itsdangerous signs with the last key of its list
        self._keys = [key.get_secret_value() for key in reversed(keys)]
        # what itsdangerous derives for its signature ("hmac"): once a purpose, because an issue has a million links
        first = keys[0].get_secret_value().encode()
        derived = {p: KeyedHash(hmac.digest(first, f"koho.v1.{p}".encode(), "sha256")) for p in Purpose}
        self._signing = {p: (derived[p], LIFETIME_DAYS[p] is not None) for p in Purpose}

    def sign(self, purpose: Purpose, content: Mapping[str, Any]) -> str:
        """Return a URL-safe token that carries ``content``; it is signed, not secret: put ids in it, no addresses."""
        keyed, timed = self._signing[purpose]
        value = _base64(orjson.dumps(content))
        if timed:
            value += b"." + _base64(int_to_bytes(int(time.time())))
        return (value + b"." + _base64(keyed.digest(value))).decode("ascii")

    def read(self, purpose: Purpose, token: str, *, grace_days: int = 0) -> Mapping[str, Any]:
        """Return what was signed for this purpose; ``grace_days`` for one who began in time and sends now.

        Raises ``ExpiredTokenError`` after the purpose's lifetime and ``InvalidTokenError`` for anything else.
        """
        serializer = self._serializer(purpose)
        days = LIFETIME_DAYS[purpose]
        try:
            if isinstance(serializer, URLSafeTimedSerializer):
                content = serializer.loads(token, max_age=((days or 0) + grace_days) * SECONDS_A_DAY)
            else:
                content = serializer.loads(token)
        except SignatureExpired:
            raise ExpiredTokenError("リンクの期限が過ぎました。もう一度お申し込みください") from None
        except (BadData, UnicodeError, ValueError):
            raise InvalidTokenError(NOT_OURS) from None
        if not isinstance(content, dict) or not _is_written_our_way(token):
            raise InvalidTokenError(NOT_OURS)
        return content

    def _serializer(self, purpose: Purpose) -> URLSafeSerializer | URLSafeTimedSerializer:
        timed = LIFETIME_DAYS[purpose] is not None
        kind = URLSafeTimedSerializer if timed else URLSafeSerializer
        return kind(
            self._keys,
            salt=f"koho.v1.{purpose}",
            signer_kwargs={"digest_method": hashlib.sha256, "key_derivation": "hmac"},
        )


def _is_written_our_way(token: str) -> bool:
    """Say whether the spare bits of a signature's last letter are as we write them: one link, one spelling."""
    signature = token.rpartition(".")[2]
    return _base64(base64_decode(signature)) == signature.encode()


_URL_SAFE = bytes.maketrans(b"+/", b"-_")


def _base64(raw: bytes) -> bytes:
    """The same as itsdangerous' own, in half the time: an issue has a million links."""
    return b2a_base64(raw, newline=False).translate(_URL_SAFE).rstrip(b"=")


def keys_of(settings: Settings) -> tuple[SecretStr, ...]:
    """Return the signing keys of the environment, or, while mail only goes to a folder, a trial key of this machine.

    The trial key lies in ``var/trial.key`` (mode 0600), so that links in the outbox work in ``koho serve``.
    Raises ``SettingsError`` when real mail could leave without real keys.
    """
    if settings.secret_keys:
        return settings.secret_keys
    if settings.mailer != "outbox":
        raise SettingsError(
            "KOHO_SECRET_KEYS: メールを送るには署名鍵が要ります。koho doctor の案内に従って作ってください"
        )
    path = settings.project / "var" / "trial.key"
    path.parent.mkdir(parents=True, exist_ok=True)
    try:
        descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    except FileExistsError:
        return (SecretStr(path.read_text(encoding="ascii").strip()),)
    key = new_key()
    with os.fdopen(descriptor, "w", encoding="ascii") as file:
        file.write(key)
    return (SecretStr(key),)


def new_key() -> str:
    """Return a fresh signing key of 256 random bits."""
    return secrets.token_urlsafe(32)
