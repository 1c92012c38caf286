"""The default mailer: every mail is one file that a person can open and look at."""

from __future__ import annotations

import os
import re
from pathlib import Path

from generator.mail.mailer import Limits, Outcome, OutcomeKind, Shipment
from generator.mail.message import Press, tags_of

_PLAIN = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,127}")


class OutboxMailer:
    """Writes ``<folder>/<shipment folder>/<delivery id>.eml``; the same mail twice is the same file."""

    name = "outbox"
    limits = Limits(1000, 1 << 40)
    repeatable = True

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def submit(self, shipment: Shipment) -> Outcome:
        """Write the files, each through a temporary neighbour."""
        parts = [part for part in shipment.folder.split("/") if part]
        if not all(
            _PLAIN.fullmatch(part) for part in (*parts, *(r.delivery_id for r in shipment.recipients))
        ):
            return Outcome(OutcomeKind.REJECTED, "ファイル名にできない名前です")
        folder = self._folder.joinpath(*parts)
        try:
            folder.mkdir(parents=True, exist_ok=True)
            self._write(folder, shipment)
        except OSError as error:
            return Outcome(OutcomeKind.NOT_SENT, error.strerror or type(error).__name__)
        return Outcome(OutcomeKind.ACCEPTED, provider_id="outbox")

    def _write(self, folder: Path, shipment: Shipment) -> None:
        if not shipment.recipients:
            return
        press = Press(shipment.letter, tags_of(shipment.letter, shipment.recipients[0]))
        for recipient in shipment.recipients:
            path = folder / f"{recipient.delivery_id}.eml"
            neighbour = path.with_suffix(f".{os.getpid()}.tmp")
            descriptor = os.open(neighbour, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
            with os.fdopen(descriptor, "wb") as file:
                file.write(press.compose(recipient))
            neighbour.replace(path)

    def close(self) -> None:
        """Nothing is held open."""
