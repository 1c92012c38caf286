"""A mailer that keeps what it is given, and can be told what to answer."""

from __future__ import annotations

from collections import deque
from collections.abc import Iterable

from generator.mail.mailer import Limits, Outcome, OutcomeKind, Shipment
from generator.mail.message import Press, tags_of


class MemoryMailer:
    """Keeps shipments in order; ``answers`` are given first, then everything is accepted."""

    name = "memory"
    repeatable = False

    def __init__(self, answers: Iterable[Outcome] = (), *, limits: Limits | None = None) -> None:
        self.limits = limits or Limits(1000, 30_000_000)
        self.shipments: list[Shipment] = []
        self.answers = deque(answers)

    def submit(self, shipment: Shipment) -> Outcome:
        """Keep the shipment when it is accepted or its fate is unknown."""
        outcome = (
            self.answers.popleft() if self.answers else Outcome(OutcomeKind.ACCEPTED, provider_id="memory")
        )
        if outcome.kind in {OutcomeKind.ACCEPTED, OutcomeKind.UNKNOWN}:
            self.shipments.append(shipment)
        return outcome

    def messages(self) -> list[bytes]:
        """Return every mail as it would have left."""
        return [
            Press(shipment.letter, tags_of(shipment.letter, recipient)).compose(recipient)
            for shipment in self.shipments
            for recipient in shipment.recipients
        ]

    def close(self) -> None:
        """Nothing is held open."""
