"""One revision (変更申請): what a company proposes, where it stands, and how it is read from its row."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

import orjson
from sqlalchemy import Row


class RevisionState(StrEnum):
    """What became of a proposal."""

    PROPOSED = "proposed"
    ACCEPTED = "accepted"
    SENT_BACK = "sent_back"
    WITHDRAWN = "withdrawn"


@dataclass(frozen=True, slots=True)
class Revision:
    """One proposal; ``changes`` maps a field to its JSON value before and after."""

    id: int
    key: str
    state: RevisionState
    changes: Mapping[str, tuple[Any, Any]]
    proposed_at: str
    proposed_by: str
    decided_at: str = ""
    decided_by: str = ""
    reason: str = ""
    language: str = "ja"  # in which the company reads our mails


def revision_of(row: Row[Any]) -> Revision:
    """Return the revision of a whole row."""
    return Revision(
        row.id,
        row.key,
        RevisionState(row.state),
        changes_of(row.proposal),
        row.proposed_at,
        row.proposed_by,
        row.decided_at,
        row.decided_by,
        row.reason,
        row.language,
    )


def changes_of(proposal: str) -> dict[str, tuple[Any, Any]]:
    """Return each field's value before and after, as the proposal's JSON holds them."""
    return {name: (before, after) for name, (before, after) in orjson.loads(proposal).items()}
