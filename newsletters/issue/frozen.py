"""The frozen issue: the very bytes that a second person approved, and the proof that they are still those.

Delivery reads nothing else. The file lies in the repository, ``content/issues/<newsletter>/<date>.frozen.json.xz``,
so that a year can be made again byte for byte.
"""

from __future__ import annotations

import hashlib
import lzma
from collections.abc import Collection, Mapping
from dataclasses import asdict, dataclass, field, replace
from datetime import date, datetime
from pathlib import Path
from typing import Any

import orjson

from generator.errors import RefusedError
from generator.storage.files import write_file

ALL = "all"
"""Key of the variant that holds every section."""


@dataclass(frozen=True, slots=True)
class FrozenVariant:
    """One set of chosen topics: the mail that its subscribers get."""

    key: str  # choice keys in declared order joined by "+", or ALL
    subject: str
    html: str
    text: str


@dataclass(frozen=True, slots=True)
class AudienceRule:
    """Who gets the issue: confirmed subscribers of a newsletter in a language, minus the suppressed."""

    newsletter: str
    language: str = "ja"
    state: str = "confirmed"


@dataclass(frozen=True)
class FrozenIssue:
    """Everything of an issue that leaves the house; ``fingerprint`` covers every other field.

    ``submit_at`` is the moment planned at freezing; the moment in force is the one in the store.
    ``unsubscribe_mark`` and ``manage_mark`` are unguessable words for this issue alone: wherever they stand in a
    variant or a header, delivery puts the subscriber's own link.
    """

    newsletter: str
    title: str
    number: int
    issue_date: date
    submit_at: datetime
    language: str
    sender_name: str
    sender_address: str
    reply_to: str
    headers: Mapping[str, str]
    choices: Mapping[str, tuple[str, ...]]  # choice key → topic values
    variants: Mapping[str, FrozenVariant]  # an empty variant is absent: nothing is sent to it
    audience: AudienceRule
    expected: Mapping[str, int]  # variant key → subscribers counted at freezing
    unsubscribe_mark: str
    manage_mark: str
    web_html: str  # the back number; holds neither mark
    summary: str
    items: tuple[str, ...]
    sections: Mapping[str, int]
    plan: Mapping[str, int]
    item_prints: Mapping[str, str]  # reference → print of its words at freezing, to notice later changes
    draft_sha256: str
    corrects: str = ""
    fingerprint: str = field(default="", compare=False)

    @property
    def key(self) -> str:
        """The issue's key in the store: ``magazine/2023-11-22``."""
        return f"{self.newsletter}/{self.issue_date}"

    @property
    def subject(self) -> str:
        """The subject of the variant that holds everything, or of the first there is."""
        whole = self.variants.get(ALL) or next(iter(self.variants.values()), None)
        return whole.subject if whole else ""

    def variant_for(self, topics: Collection[str]) -> FrozenVariant | None:
        """Return what a subscriber with these topics gets (no topics: everything); None when that is empty."""
        chosen = [key for key, values in self.choices.items() if not set(values).isdisjoint(topics)]
        every = not topics or len(chosen) == len(self.choices)
        return self.variants.get(ALL if every else "+".join(chosen))


def seal(issue: FrozenIssue) -> FrozenIssue:
    """Return the issue with the fingerprint of its content."""
    return replace(issue, fingerprint=fingerprint_of(issue))


def fingerprint_of(issue: FrozenIssue) -> str:
    """Return the SHA-256 over every field but the fingerprint itself."""
    values = asdict(issue)
    del values["fingerprint"]
    return hashlib.sha256(orjson.dumps(values, option=orjson.OPT_SORT_KEYS)).hexdigest()


def verify(issue: FrozenIssue, approved_fingerprint: str) -> None:
    """Refuse with ``RefusedError`` an issue whose content is not what was approved."""
    actual = fingerprint_of(issue)
    if actual != issue.fingerprint or actual != approved_fingerprint:
        raise RefusedError(
            f"{issue.key}: 決裁を受けた内容と違います"
            f"（決裁 {approved_fingerprint[:12] or 'なし'}、いま {actual[:12]}）。もう一度決裁を受けてください"
        )


def frozen_path(content: Path, newsletter: str, issue_date: date) -> Path:
    """Return where the frozen form of an issue lies below ``content``."""
    return content / "issues" / newsletter / f"{issue_date}.frozen.json.xz"


def save_frozen(issue: FrozenIssue, path: Path) -> None:
    """Write a sealed issue; at every moment the file is whole, old or new."""
    data = orjson.dumps(asdict(issue), option=orjson.OPT_SORT_KEYS | orjson.OPT_INDENT_2)
    write_file(path, lzma.compress(data, preset=6))


def load_frozen(path: Path) -> FrozenIssue:
    """Read a frozen issue as it stands; whether it is the approved one is ``verify``'s question.

    Raises ``RefusedError`` when the file is missing or damaged.
    """
    try:
        values = orjson.loads(lzma.decompress(path.read_bytes()))
        return _from_values(values)
    except FileNotFoundError:
        raise RefusedError(
            f"{path.name}: 凍結した号がありません。submit-for-approval をしてください"
        ) from None
    except (lzma.LZMAError, EOFError, orjson.JSONDecodeError, KeyError, TypeError, ValueError) as error:
        raise RefusedError(
            f"{path}: 凍結した号が壊れています（{type(error).__name__}）。控えから戻してください"
        ) from None


def load_approved(path: Path, approved_fingerprint: str) -> FrozenIssue:
    """Read a frozen issue and refuse it unless it is byte for byte the approved one."""
    issue = load_frozen(path)
    verify(issue, approved_fingerprint)
    return issue


def _from_values(values: dict[str, Any]) -> FrozenIssue:
    values["issue_date"] = date.fromisoformat(values["issue_date"])
    values["submit_at"] = datetime.fromisoformat(values["submit_at"])
    values["variants"] = {key: FrozenVariant(**v) for key, v in values["variants"].items()}
    values["choices"] = {key: tuple(v) for key, v in values["choices"].items()}
    values["audience"] = AudienceRule(**values["audience"])
    values["items"] = tuple(values["items"])
    return FrozenIssue(**values)
