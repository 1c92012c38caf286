"""The submitted issues in the repository: what went out, when, what it corrects, and what changed since."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path
from typing import NamedTuple

import orjson

from generator.content.model import BackIssue, letter_address
from generator.errors import Problem, RefusedError
from generator.storage.files import write_file
from newsletters.issue.entry import Entry, Thing, entry_of, print_of
from newsletters.issue.frozen import FrozenIssue, frozen_path, load_approved, load_frozen
from newsletters.issue.model import PastIssue
from newsletters.issue.selection import CORRECTION_MARK

SUFFIX = ".record.json"


@dataclass(frozen=True, slots=True)
class Submission:
    """What stands beside a frozen issue once it went out."""

    newsletter: str
    issue_date: date
    number: int
    fingerprint: str
    submitted_at: datetime


def record_submission(content: Path, frozen: FrozenIssue, submitted_at: datetime) -> Path:
    """Write the record that makes a frozen issue a back number; the same twice is the same file."""
    path = _record_path(content, frozen.newsletter, frozen.issue_date)
    values = {
        "newsletter": frozen.newsletter,
        "issue_date": frozen.issue_date,
        "number": frozen.number,
        "fingerprint": frozen.fingerprint,
        "submitted_at": submitted_at,
    }
    write_file(path, orjson.dumps(values, option=orjson.OPT_INDENT_2 | orjson.OPT_APPEND_NEWLINE))
    return path


def submissions(content: Path, newsletter: str = "") -> tuple[Submission, ...]:
    """Return every recorded submission, oldest first."""
    pattern = f"{newsletter or '*'}/*{SUFFIX}"
    found = [_submission(path) for path in (content / "issues").glob(pattern)]
    return tuple(sorted(found, key=lambda s: (s.issue_date, s.newsletter)))


def past_issues(
    content: Path, newsletter: str, *, before: date, leave_out: Iterable[date] = ()
) -> tuple[PastIssue, ...]:
    """Return the frozen issues before a day, sent or on their way, as selection needs them."""
    skipped = set(leave_out)
    found = []
    for path in sorted((content / "issues" / newsletter).glob("*.frozen.json.xz")):
        day = date.fromisoformat(path.name[:10])
        if day < before and day not in skipped:
            frozen = load_frozen(path)
            found.append(PastIssue(day, tuple(_marked(item, frozen) for item in frozen.items)))
    return tuple(found)


def describe_item(thing: Thing) -> str:
    """Return what is remembered of an item at freezing: print, state and title."""
    entry = entry_of(thing)
    return f"{entry.print}|{entry.state}|{entry.title}"


def _marked(item: str, frozen: FrozenIssue) -> str:
    state = frozen.item_prints.get(item, "||").split("|")[1]
    return CORRECTION_MARK + item if state else item


def back_issues(
    content: Path, things: Mapping[str, Thing], newsletters: Mapping[str, str]
) -> tuple[tuple[BackIssue, ...], tuple[Problem, ...]]:
    """Return every back number with its notices, and a problem for each that is not what was approved."""
    loaded: list[FrozenIssue] = []
    problems: list[Problem] = []
    for submission in submissions(content):
        path = frozen_path(content, submission.newsletter, submission.issue_date)
        try:
            loaded.append(load_approved(path, submission.fingerprint))
        except RefusedError as error:
            name = f"content/issues/{submission.newsletter}/{path.name}"
            problems.append(Problem(name, 0, "", "", str(error), "控えから戻してください"))
    corrected_by = {(f.newsletter, f.corrects): f for f in loaded if f.corrects}
    return tuple(_back_issue(f, things, corrected_by, newsletters) for f in loaded), tuple(problems)


def _back_issue(
    frozen: FrozenIssue,
    things: Mapping[str, Thing],
    corrected_by: Mapping[tuple[str, str], FrozenIssue],
    newsletters: Mapping[str, str],
) -> BackIssue:
    corrector = corrected_by.get((frozen.newsletter, str(frozen.issue_date)))
    return BackIssue(
        newsletter=frozen.newsletter,
        newsletter_title=newsletters.get(frozen.newsletter, frozen.title),
        number=frozen.number,
        issue_date=frozen.issue_date,
        subject=frozen.subject or frozen.title,
        body_html=frozen.web_html,
        summary=frozen.summary,
        items=frozen.items,
        sections=frozen.sections,
        plan=frozen.plan,
        corrects=_address(frozen, frozen.corrects) if frozen.corrects else "",
        corrected_by=_address(frozen, str(corrector.issue_date)) if corrector else "",
        notes=tuple(notes_since(frozen, things)),
        language=frozen.language,
    )


class _NoteWords(NamedTuple):
    over: str
    off: str
    changed: str


_NOTES = {
    "ja": _NoteWords(
        "「{}」の掲載は終わりました。",
        "「{}」は{}になりました。",
        "「{}」の内容は、配信の後で変わりました。最新の内容はページで確かめてください。",
    ),
    "en": _NoteWords(
        "“{}” is no longer on our site.",
        "“{}”: {}.",
        "“{}” has changed since this issue was sent. See its page for the latest.",
    ),
}


def _title_in(frozen: FrozenIssue, title: str, shown: Entry) -> str:
    """What is remembered is the Japanese title; a reader of English is told of the English one."""
    return shown.title if frozen.language == "en" else title


def notes_since(frozen: FrozenIssue, things: Mapping[str, Thing]) -> Iterable[str]:
    """Yield what a reader must know of items that changed since the issue was frozen, in the issue's language."""
    words = _NOTES.get(frozen.language, _NOTES["ja"])
    for reference, remembered in frozen.item_prints.items():
        print_then, state_then, title = remembered.split("|", 2)
        thing = things.get(reference)
        if thing is None:
            if reference.split("/")[0] not in {"companies", "news"}:
                yield words.over.format(title)
            continue
        entry = entry_of(thing)
        shown = entry_of(thing, language=frozen.language)
        if entry.state and entry.state != state_then:
            yield words.off.format(_title_in(frozen, title, shown), shown.state)
        elif print_of(thing) != print_then:
            yield words.changed.format(_title_in(frozen, title, shown))


def _address(frozen: FrozenIssue, issue_date: str) -> str:
    """Return the address of another issue of the same newsletter."""
    return f"{letter_address(frozen.newsletter, frozen.language)}{issue_date}/"


def _record_path(content: Path, newsletter: str, issue_date: date) -> Path:
    return content / "issues" / newsletter / f"{issue_date}{SUFFIX}"


def _submission(path: Path) -> Submission:
    values = orjson.loads(path.read_bytes())
    return Submission(
        values["newsletter"],
        date.fromisoformat(values["issue_date"]),
        int(values["number"]),
        values["fingerprint"],
        datetime.fromisoformat(values["submitted_at"]),
    )
