"""An issue as it is made: picks by reference, the editor's own words, and the order of both."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from datetime import date

_COMMENT = re.compile(r"<!--.*?-->", re.DOTALL)


def without_comments(markdown: str) -> str:
    """Return what of an editor's words is sent: comments are notes to oneself."""
    return _COMMENT.sub("", markdown)


@dataclass(frozen=True, slots=True)
class Pick:
    """One item chosen for an issue, by reference (``grants/overseas-2023-1``)."""

    reference: str
    why: str = ""  # why it was picked; a comment in the draft, never sent
    blurb: str = ""  # the editor's Markdown instead of the item's own summary


@dataclass(frozen=True, slots=True)
class Prose:
    """The editor's own paragraphs, in Markdown."""

    markdown: str


@dataclass(frozen=True, slots=True)
class Section:
    """コーナー: picks and the editor's paragraphs, in reading order."""

    key: str
    title: str
    blocks: tuple[Pick | Prose, ...] = ()

    @property
    def picks(self) -> tuple[Pick, ...]:
        """The picks alone."""
        return tuple(block for block in self.blocks if isinstance(block, Pick))


@dataclass(frozen=True)
class Issue:
    """号: what ``content/issues/<newsletter>/<date>.md`` says."""

    newsletter: str
    issue_date: date
    number: int
    subject: str = ""
    author: str = ""
    corrects: str = ""  # date of the issue that this 訂正号 corrects
    offered: tuple[
        str, ...
    ] = ()  # every reference that was ever offered here; what the editor struck stays struck
    lead: str = ""  # opening words, Markdown
    sections: tuple[Section, ...] = ()
    editors_note: str = ""  # 編集後記, Markdown

    @property
    def key(self) -> str:
        """The issue's key: ``magazine/2023-11-22``."""
        return f"{self.newsletter}/{self.issue_date}"

    @property
    def references(self) -> tuple[str, ...]:
        """Every picked item in reading order."""
        return tuple(pick.reference for section in self.sections for pick in section.picks)


@dataclass(frozen=True, slots=True)
class PastIssue:
    """What selection must know of an issue that went out."""

    issue_date: date
    items: tuple[str, ...] = ()
    sections: dict[str, tuple[str, ...]] = field(default_factory=dict)
