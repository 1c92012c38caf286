"""The key of this installation, from which keyed hashes and delivery ids come; it lies beside the database, not in it.

A copy of the database alone tells nobody's address from its hash. The file must be kept as long as the suppressions.
"""

from __future__ import annotations

import hashlib
import hmac
import os
import secrets
from dataclasses import dataclass
from pathlib import Path

from generator.errors import SettingsError
from generator.forms.keyed_hash import KeyedHash


@dataclass(frozen=True, slots=True, repr=False)
class Keyring:
    """One secret, a key for each purpose."""

    mailboxes: KeyedHash
    deliveries: KeyedHash

    def mailbox_key(self, mailbox: str) -> int:
        """Return the keyed hash of a mailbox as a signed 64-bit number."""
        digest = self.mailboxes.digest(mailbox.encode())
        return int.from_bytes(digest[:8], "big", signed=True)

    def delivery_id(self, issue: str, subscriber_id: int) -> str:
        """Return the id that one person's mail of one issue bears on every attempt: 26 characters."""
        return self.deliveries.digest(f"{issue}\0{subscriber_id}".encode())[:13].hex()


def make_keyring(secret: bytes) -> Keyring:
    """Derive the keys of each purpose."""
    return Keyring(
        *(
            KeyedHash(hmac.digest(secret, f"koho.{name}".encode(), "sha256"))
            for name in ("mailbox", "delivery")
        )
    )


def load_keyring(folder: Path) -> Keyring:
    """Read ``audience.key`` of the ``var`` folder, made at its first use with mode 0600."""
    path = folder / "audience.key"
    try:
        folder.mkdir(parents=True, exist_ok=True)
        descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        with os.fdopen(descriptor, "w") as file:
            file.write(secrets.token_hex(32))
            file.flush()
            os.fsync(file.fileno())
    except FileExistsError:
        pass
    except OSError as error:
        raise SettingsError(f"{path}: 鍵のファイルを作れません（{error.strerror}）") from None
    text = path.read_text().strip()
    if len(text) < 64:
        raise SettingsError(f"{path}: 鍵が壊れています。控えから戻してください")
    return make_keyring(hashlib.sha256(text.encode()).digest())
