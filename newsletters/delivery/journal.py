"""The send journal: one line a claim, on disk before the first byte leaves, outside the database on purpose.

A database restored from a backup is behind its journal, and shows it; a database copied to another machine has no
journal and no install id there. Either way nothing is sent until a person has looked.
"""

from __future__ import annotations

import os
import secrets
from dataclasses import dataclass
from pathlib import Path

from sqlalchemy import Connection, Engine, insert, select, update
from sqlalchemy.exc import IntegrityError

from generator.errors import RefusedError
from generator.storage.database import writing
from newsletters.delivery.states import ChunkState, DeliveryState
from newsletters.delivery.tables import chunks, deliveries, ledger

RESTORED = "restored"


@dataclass(frozen=True, slots=True)
class Journal:
    """``send-journal.txt`` and ``install-id`` of the ``var`` folder."""

    folder: Path

    @property
    def path(self) -> Path:
        """The journal's file."""
        return self.folder / "send-journal.txt"

    @property
    def install_path(self) -> Path:
        """The file with this installation's id."""
        return self.folder / "install-id"

    def append(self, attempt: int, issue: str = "-", chunk_id: int = 0) -> None:
        """Write one claim and wait until it is on disk; without an issue it is a note of where the count stands."""
        line = f"{attempt} {issue} {chunk_id} {attempt}\n".encode()
        descriptor = os.open(self.path, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600)
        try:
            os.write(descriptor, line)
            os.fsync(descriptor)
        finally:
            os.close(descriptor)

    def last_epoch(self) -> int:
        """Return the highest epoch written; -1 when there is no journal."""
        if not self.path.exists():
            return -1
        with self.path.open("rb") as file:
            file.seek(max(0, self.path.stat().st_size - 64_000))
            lines = file.read().split(b"\n")
        epochs = [int(line.split(b" ", 1)[0]) for line in lines[:-1] if line.split(b" ", 1)[0].isdigit()]
        return max(epochs, default=0)

    def claims_after(self, epoch: int) -> list[tuple[int, int]]:
        """Return chunk and attempt of every claim written after an epoch."""
        if not self.path.exists():
            return []
        found = []
        with self.path.open("rb") as file:
            for line in file:
                parts = line.split()
                if len(parts) == 4 and parts[0].isdigit() and int(parts[0]) > epoch:
                    found.append((int(parts[2]), int(parts[3])))
        return found

    def mentions(self, issue: str) -> bool:
        """Return whether any request of an issue was ever about to leave this machine."""
        return self.path.exists() and f" {issue} ".encode() in self.path.read_bytes()


def guard(engine: Engine, journal: Journal, now: int) -> None:
    """Make sure that this database belongs here and is not older than its journal.

    Raises ``RefusedError`` on a foreign database. After a restore every open delivery waits for a person.
    """
    journal.folder.mkdir(parents=True, exist_ok=True)
    try:
        _guard(engine, journal, now)
    except IntegrityError:  # PostgreSQL: another worker was the first to begin
        _guard(engine, journal, now)


def _guard(engine: Engine, journal: Journal, now: int) -> None:
    with writing(engine).begin() as connection:
        row = connection.execute(select(ledger).with_for_update()).one_or_none()
        if row is None:
            install, epoch = _install_id(journal) or secrets.token_hex(16), max(0, journal.last_epoch())
            connection.execute(insert(ledger).values(id=1, install_id=install, epoch=epoch))
            _write_install_id(journal, install)
            journal.append(epoch)
            return
        if _install_id(journal) != row.install_id:
            raise RefusedError(
                f"{journal.install_path}: この台帳は別の場所で使われていたものです。元の場所が止まっていることを"
                "確かめてから koho newsletters adopt を実行してください"
            )
        last = journal.last_epoch()
        if last > row.epoch or (last < 0 and row.epoch > 0):
            connection.execute(update(ledger).values(epoch=max(last, row.epoch)))
            _doubt(connection, journal, row.epoch, now)
            _open_for_review(connection, now)
            journal.append(max(last, row.epoch))


def adopt(engine: Engine, journal: Journal, now: int) -> None:
    """Let a database work here from now on; everything that was under way waits for a person."""
    journal.folder.mkdir(parents=True, exist_ok=True)
    install = secrets.token_hex(16)
    with writing(engine).begin() as connection:
        connection.execute(update(ledger).values(install_id=install))
        epoch = connection.execute(select(ledger.c.epoch)).scalar_one()
        _open_for_review(connection, now)
        _write_install_id(journal, install)
        journal.append(epoch)


def _doubt(connection: Connection, journal: Journal, epoch: int, now: int) -> None:
    """Call unknown every chunk that the journal saw leave after the moment of the backup."""
    for chunk_id, attempt in journal.claims_after(epoch):
        connection.execute(
            update(chunks)
            .where(
                chunks.c.id == chunk_id,
                chunks.c.attempt < attempt,
                chunks.c.state.in_([ChunkState.PENDING, ChunkState.CLAIMED]),
            )
            .values(
                state=ChunkState.UNKNOWN,
                attempt=attempt,
                reason=RESTORED,
                fence=chunks.c.fence + 1,
                updated_at=now,
            )
        )


def _open_for_review(connection: Connection, now: int) -> None:
    open_states = [DeliveryState.SENDING, DeliveryState.PAUSED]
    connection.execute(
        update(deliveries)
        .where(deliveries.c.state.in_(open_states))
        .values(state=DeliveryState.NEEDS_REVIEW, reason=RESTORED, updated_at=now)
    )


def _install_id(journal: Journal) -> str:
    return journal.install_path.read_text().strip() if journal.install_path.exists() else ""


def _write_install_id(journal: Journal, install: str) -> None:
    neighbour = journal.install_path.with_suffix(".tmp")
    descriptor = os.open(neighbour, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    with os.fdopen(descriptor, "w") as file:
        file.write(install + "\n")
        file.flush()
        os.fsync(file.fileno())
    neighbour.replace(journal.install_path)
    _sync_folder(journal.folder)


def _sync_folder(folder: Path) -> None:
    """Let the names of new files survive a power cut too."""
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
