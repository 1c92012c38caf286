"""What delivery may do by itself for one newsletter, as its declaration says."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime

from generator.clock import TOKYO
from newsletters.declaration import Cadence, Newsletter


@dataclass(frozen=True, slots=True)
class Policy:
    """``canary`` is a mailbox of our own; ``resend_after_seconds`` 0 means that only a person sends again."""

    canary: str = ""
    late_seconds: int = 6 * 3600
    resend_after_seconds: int = 0
    cadence: Cadence | None = None

    def is_quiet_at(self, moment: float) -> bool:
        """Say whether no issue may begin at this moment (seconds since 1970): people sleep."""
        local = datetime.fromtimestamp(moment, TOKYO).time()
        return self.cadence is not None and self.cadence.is_quiet(local)


def policies_of(newsletters: Iterable[Newsletter]) -> Mapping[str, Policy]:
    """Return the policy of each newsletter by its name."""
    return {
        n.name: Policy(n.canary, n.cadence.late_after_hours * 3600, n.resend_after_hours * 3600, n.cadence)
        for n in newsletters
    }
