"""Takes, counts, cancels and lists registrations; a place is never given twice."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime
from enum import StrEnum

from sqlalchemy import Connection, Engine, RowMapping, func, insert, select, update

from generator.registrations.tables import registration
from generator.storage.database import writing


class RegistrationState(StrEnum):
    """Where a registration stands."""

    REGISTERED = "registered"
    WAITING = "waiting"
    CANCELLED = "cancelled"


@dataclass(frozen=True, slots=True)
class Request:
    """What a person asks for; ``mailbox`` is the address in its unique form."""

    event: str
    mailbox: str
    address: str
    name: str
    company: str = ""
    telephone: str = ""
    people: int = 1
    note: str = ""
    language: str = "ja"


@dataclass(frozen=True, slots=True)
class Registration:
    """A stored request, with its id and state."""

    id: int
    request: Request
    state: RegistrationState
    at: str


class RegistrationStore:
    """Registrations in one database; every change takes the write lock first."""

    def __init__(self, engine: Engine) -> None:
        self.engine = engine

    def register(
        self, connection: Connection, request: Request, capacity: int | None, now: datetime
    ) -> Registration:
        """Give places while there are enough, else put on the waiting list; the same mailbox again changes its row.

        Runs inside the caller's write transaction.
        """
        old = self._of_mailbox(connection, request)
        taken = self._places(connection, request.event) - (_held(old) if old else 0)
        fits = capacity is None or taken + request.people <= capacity
        state = RegistrationState.REGISTERED if fits else RegistrationState.WAITING
        row = _row(request, state, now)
        if old:
            here = registration.c.id == old.id
            since = _stamp(now) if old.state is RegistrationState.CANCELLED else old.at
            connection.execute(update(registration).where(here).values({**row, "at": since}))
            return Registration(old.id, request, state, since)
        new = insert(registration).values({**row, "at": _stamp(now)}).returning(registration.c.id)
        return Registration(int(connection.execute(new).scalar_one()), request, state, _stamp(now))

    def cancel(
        self, identity: int, capacity: int | None, now: datetime
    ) -> tuple[Registration | None, list[Registration]]:
        """Cancel one registration; return it and those who now move up from the waiting list.

        Cancelling twice changes nothing and moves nobody.
        """
        with writing(self.engine).begin() as connection:
            found = self._get(connection, identity)
            if found is None or found.state is RegistrationState.CANCELLED:
                return found, []
            self._set_state(connection, identity, RegistrationState.CANCELLED, now)
            return found, self._move_up(connection, found.request.event, capacity, now)

    def get(self, identity: int) -> Registration | None:
        """Find a registration by its id."""
        with self.engine.connect() as connection:
            return self._get(connection, identity)

    def list_of(self, event: str) -> list[Registration]:
        """Return everyone of an event in the order they came."""
        query = select(registration).where(registration.c.event == event).order_by(registration.c.id)
        with self.engine.connect() as connection:
            return [_read(row) for row in connection.execute(query).mappings()]

    def places_taken(self, event: str) -> int:
        """Return how many people hold a place."""
        with self.engine.connect() as connection:
            return self._places(connection, event)

    def _move_up(
        self, connection: Connection, event: str, capacity: int | None, now: datetime
    ) -> list[Registration]:
        free = capacity - self._places(connection, event) if capacity is not None else None
        waiting = (registration.c.event == event) & (registration.c.state == RegistrationState.WAITING)
        moved = []
        for row in (
            connection.execute(select(registration).where(waiting).order_by(registration.c.at))
            .mappings()
            .all()
        ):
            if free is not None and row["people"] > free:
                break  # nobody overtakes the first who waits
            self._set_state(connection, row["id"], RegistrationState.REGISTERED, now)
            free = free - row["people"] if free is not None else None
            moved.append(_read({**row, "state": RegistrationState.REGISTERED}))
        return moved

    def _set_state(
        self, connection: Connection, identity: int, state: RegistrationState, now: datetime
    ) -> None:
        here = registration.c.id == identity
        connection.execute(update(registration).where(here).values(state=state, changed_at=_stamp(now)))

    def _places(self, connection: Connection, event: str) -> int:
        held = (registration.c.event == event) & (registration.c.state == RegistrationState.REGISTERED)
        return int(
            connection.execute(
                select(func.coalesce(func.sum(registration.c.people), 0)).where(held)
            ).scalar_one()
        )

    def _of_mailbox(self, connection: Connection, request: Request) -> Registration | None:
        same = (registration.c.event == request.event) & (registration.c.mailbox == request.mailbox)
        row = connection.execute(select(registration).where(same)).mappings().first()
        return _read(row) if row else None

    def _get(self, connection: Connection, identity: int) -> Registration | None:
        row = connection.execute(select(registration).where(registration.c.id == identity)).mappings().first()
        return _read(row) if row else None


def _held(found: Registration) -> int:
    return found.request.people if found.state is RegistrationState.REGISTERED else 0


def _row(request: Request, state: RegistrationState, now: datetime) -> dict[str, object]:
    return {
        "event": request.event,
        "mailbox": request.mailbox,
        "address": request.address,
        "name": request.name,
        "company": request.company,
        "telephone": request.telephone,
        "people": request.people,
        "note": request.note,
        "language": request.language,
        "state": state,
        "changed_at": _stamp(now),
    }


def _read(row: RowMapping | dict[str, object]) -> Registration:
    request = Request(
        event=str(row["event"]),
        mailbox=str(row["mailbox"]),
        address=str(row["address"]),
        name=str(row["name"]),
        company=str(row["company"]),
        telephone=str(row["telephone"]),
        people=int(str(row["people"])),
        note=str(row["note"]),
        language=str(row["language"]),
    )
    return Registration(int(str(row["id"])), request, RegistrationState(str(row["state"])), str(row["at"]))


def _stamp(now: datetime) -> str:
    return now.astimezone(UTC).isoformat(timespec="microseconds")
