"""Where an issue is made: the draft on disk, the Library of its day, its faces, and its frozen form."""

from __future__ import annotations

import hashlib
from collections.abc import Container, Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import date, datetime
from functools import cached_property
from pathlib import Path

from generator.clock import fiscal_year
from generator.content.library import Library, Source, load_library
from generator.content.model import letter_address
from generator.errors import ContentError, Problem, RefusedError, Severity
from generator.settings import Settings
from newsletters.approval import GONE, OPEN, IssueState
from newsletters.calendar import Slot, next_slot, submit_moment, year_slots
from newsletters.declaration import Newsletter, get_newsletter
from newsletters.issue.archive import describe_item, past_issues, submissions
from newsletters.issue.checks import Inspection, check_issue, outside_links
from newsletters.issue.draft import draft_days, draft_path, merge, write_draft
from newsletters.issue.draft_reading import read_draft
from newsletters.issue.entry import Thing, catalogue, entry_of
from newsletters.issue.frozen import AudienceRule, FrozenIssue, FrozenVariant, frozen_path, save_frozen, seal
from newsletters.issue.model import Issue
from newsletters.issue.outside import LinkAnswer, ask_outside
from newsletters.issue.rendering import Marks, Typeset, Workshop, typeset
from newsletters.issue.selection import select
from newsletters.issue.subjects import is_subject_made, subject_for, titles_of
from newsletters.store import IssueStore


@dataclass(frozen=True)
class Bench:
    """One newsletter with the Library of one day on the table."""

    settings: Settings
    newsletter: Newsletter
    library: Library
    workshop: Workshop

    @cached_property
    def things(self) -> Mapping[str, Thing]:
        """Everything that may be picked."""
        return catalogue(self.library)

    def typeset(self, issue: Issue, marks: Marks) -> Typeset:
        """Set an issue in all its faces."""
        return typeset(issue, self.newsletter, self.things, self.workshop, marks)

    def inspect(
        self, issue: Issue, marks: Marks, outside: Mapping[str, LinkAnswer] | None = None
    ) -> Inspection:
        """Set an issue and put everything its checks look at beside it."""
        return Inspection(issue, self.newsletter, self.typeset(issue, marks), marks, self.settings, outside)

    def ask_outside(self, issue: Issue, now: datetime) -> Mapping[str, LinkAnswer]:
        """Ask the open network about the links of an issue that lead out of the site."""
        links = outside_links(self.inspect(issue, Marks("#", "#")))
        return ask_outside(links, self.settings, now)


class Studio:
    """Drafts, sets and freezes issues of a project."""

    def __init__(self, settings: Settings, sources: Iterable[Source], store: IssueStore) -> None:
        self._settings = settings
        self._sources = tuple(sources)
        self._store = store
        self._workshop = Workshop.of(settings)

    @property
    def content(self) -> Path:
        """The folder of the words."""
        return self._settings.content

    def newsletter(self, name: str) -> Newsletter:
        """Return a declared newsletter."""
        return get_newsletter(self._settings, name)

    def bench(self, newsletter: Newsletter, on: date) -> Bench:
        """Read the Library of an issue's day."""
        library = load_library(self._sources, self._settings, on)
        return Bench(self._settings, newsletter, library, self._workshop)

    def next_date(self, newsletter: Newsletter, on: date, *, states: Container[str] = OPEN) -> date:
        """Return the date of the next issue that is not begun, or in one of these states: with its author."""
        skip = {s.issue_date for s in submissions(self._settings.content, newsletter.name)}
        skip |= {r.issue_date for r in self._store.records(newsletter.name) if r.state not in states}
        return next_slot(newsletter, on, self.taken_numbers(newsletter.name), skip=skip).issue_date

    def taken_numbers(self, name: str) -> Mapping[date, int]:
        """Return the numbers that are taken: in the store, or by a frozen issue of the repository."""
        return {**_archived_numbers(self._settings.content, name), **self._store.numbers(name)}

    def slots(self, newsletter: Newsletter, year: int) -> tuple[Slot, ...]:
        """Return a fiscal year's dates and numbers, with the issues that are drafted between the dates of the rule."""
        taken = self.taken_numbers(newsletter.name)
        return year_slots(
            newsletter, year, taken, between=draft_days(self._settings.content, newsletter.name)
        )

    def number_of(self, newsletter: Newsletter, issue_date: date) -> int:
        """Return the number that an issue of this date has or will have."""
        taken = self.taken_numbers(newsletter.name)
        if issue_date in taken:
            return taken[issue_date]
        drafted = {*draft_days(self._settings.content, newsletter.name), issue_date}
        slots = year_slots(newsletter, fiscal_year(issue_date), taken, between=drafted)
        before = [s.number for s in slots if s.issue_date < issue_date]
        number = next((s.number for s in slots if s.issue_date == issue_date), 0)
        return number or max((*before, *taken.values(), newsletter.first_number - 1)) + 1

    def number_problems(self, newsletter: Newsletter, issue: Issue) -> list[Problem]:
        """Return what is wrong with a draft's number: another issue may have come before it since."""
        right = self.number_of(newsletter, issue.issue_date)
        if issue.number == right:
            return []
        path = draft_path(self._settings.content, issue.newsletter, issue.issue_date)
        name = path.relative_to(self._settings.project).as_posix()
        mend = f"koho newsletters draft {issue.newsletter} {issue.issue_date} をもう一度してください"
        return [Problem(name, 0, "number", str(issue.number), f"いまは第{right}号になる番です", mend)]

    def draft(
        self, bench: Bench, issue_date: date, *, author: str = "", corrects: date | None = None
    ) -> Path:
        """Select and write the draft of a date; an existing draft is merged, never overwritten."""
        newsletter = bench.newsletter
        self.refuse_gone(newsletter.name, issue_date)
        path = draft_path(self._settings.content, newsletter.name, issue_date)
        old = read_draft(path, self._settings.project) if path.exists() else None
        corrected = str(corrects or (old.corrects if old else ""))
        if old and old.corrects != corrected:
            raise RefusedError(
                f"{newsletter.name}/{issue_date}: この日にはもう原稿があります。"
                f"訂正号はほかの日付で作るか、{path.name} を消してからもう一度してください"
            )
        if corrected:
            self._refuse_uncorrectable(newsletter.name, date.fromisoformat(corrected))
        fresh = replace(self.select(bench, issue_date), author=author, corrects=corrected)
        if corrected:
            fresh = _correction(fresh, newsletter, date.fromisoformat(corrected))
        issue = self._merged(bench, old, fresh) if old else fresh
        titles = {r: entry_of(bench.things[r]).title for r in issue.references if r in bench.things}
        write_draft(issue, path, titles)
        return path

    def _merged(self, bench: Bench, old: Issue, fresh: Issue) -> Issue:
        """Merge; a subject that the editor left as made follows what is picked now."""
        merged, newsletter = merge(old, fresh), bench.newsletter
        if merged.corrects or not is_subject_made(old, newsletter, bench.things):
            return merged
        titles = titles_of(merged.references, newsletter, bench.things)
        return replace(merged, subject=subject_for(newsletter, merged.number, titles))

    def select(self, bench: Bench, issue_date: date) -> Issue:
        """Return what the rules choose for a date, with a subject made of it."""
        newsletter = bench.newsletter
        cancelled = [
            r.issue_date for r in self._store.records(newsletter.name) if r.state == IssueState.CANCELLED
        ]
        past = past_issues(self._settings.content, newsletter.name, before=issue_date, leave_out=cancelled)
        sections = select(bench.library, newsletter, issue_date, past)
        number = self.number_of(newsletter, issue_date)
        issue = Issue(newsletter.name, issue_date, number, sections=sections)
        titles = titles_of(issue.references, newsletter, bench.things)
        return replace(issue, offered=issue.references, subject=subject_for(newsletter, number, titles))

    def _is_gone(self, name: str, issue_date: date) -> bool:
        record = self._store.find(f"{name}/{issue_date}")
        recorded = any(s.issue_date == issue_date for s in submissions(self._settings.content, name))
        return recorded or (record is not None and record.state in GONE)

    def _refuse_uncorrectable(self, name: str, issue_date: date) -> None:
        """A 訂正号 links to the back number of what it corrects, so there must be one."""
        record = self._store.find(f"{name}/{issue_date}")
        if record and record.state == IssueState.FAILED:
            raise RefusedError(
                f"{record.key}: 配信を中止した号にはバックナンバーがないので、訂正号は作れません。"
                "ほかの日付の号で知らせてください"
            )
        if not self._is_gone(name, issue_date):
            raise RefusedError(
                f"{name}/{issue_date}: 配信した号ではないので、訂正号は作れません。"
                "koho newsletters calendar で発行日を確かめてください"
            )

    def refuse_gone(self, name: str, issue_date: date) -> None:
        """Refuse to touch the files of an issue that went out or is on its way."""
        if self._is_gone(name, issue_date):
            raise RefusedError(
                f"{name}/{issue_date}: 配信した号、配信中の号は変えられません。誤りがあれば、ほかの日付で訂正号を作ってください"
                f"（koho newsletters draft {name} 訂正号の発行日 --corrects {issue_date}）"
            )

    def read(self, name: str, issue_date: date) -> Issue:
        """Read a draft from disk."""
        return read_draft(draft_path(self._settings.content, name, issue_date), self._settings.project)

    def freeze(
        self,
        bench: Bench,
        issue: Issue,
        expected: Mapping[str, int],
        token: str,
        *,
        outside: Mapping[str, LinkAnswer] | None = None,
    ) -> FrozenIssue:
        """Check and freeze a draft; raises ``ContentError`` with every error, writes the frozen file otherwise.

        ``token`` is an unguessable word: it makes the places of the personal links this issue's own. ``outside``
        holds the answers about outside links, where they were asked for.
        """
        self.refuse_gone(issue.newsletter, issue.issue_date)
        marks = Marks(f"%%{token}:unsubscribe%%", f"%%{token}:manage%%")
        inspection = bench.inspect(issue, marks, outside)
        problems = [*self.number_problems(bench.newsletter, issue), *check_issue(inspection)]
        if errors := [p for p in problems if p.severity is Severity.ERROR]:
            raise ContentError(errors)
        draft = draft_path(self._settings.content, issue.newsletter, issue.issue_date).read_bytes()
        if token in draft.decode():
            raise RefusedError("差し込みの印が原稿にあります。もう一度してください")
        frozen = seal(_frozen(bench, issue, inspection, expected, hashlib.sha256(draft).hexdigest()))
        save_frozen(frozen, frozen_path(self._settings.content, issue.newsletter, issue.issue_date))
        return frozen


def _correction(fresh: Issue, newsletter: Newsletter, corrects: date) -> Issue:
    """A 訂正号 holds what its editor writes and the cancellations; nothing else is chosen for it."""
    sections = tuple(s for s in fresh.sections if s.key == "corrections")
    english = newsletter.language == "en"
    lead = (
        f"We correct our issue of {corrects}.\n\n[Write what was wrong and what is right.]"
        if english
        else f"{corrects.year}年{corrects.month}月{corrects.day}日の号に誤りがありました。おわびして訂正します。"
        "\n\n［誤りと、正しい内容を記入］"
    )
    issue = replace(fresh, sections=sections, lead=lead)
    word = "Correction: " if english else "【訂正】"
    return replace(issue, offered=issue.references, subject=word + subject_for(newsletter, fresh.number, []))


def _frozen(
    bench: Bench, issue: Issue, inspection: Inspection, expected: Mapping[str, int], draft_sha256: str
) -> FrozenIssue:
    newsletter, made = bench.newsletter, inspection.typeset
    sections = {s.key: len(s.picks) for s in issue.sections}
    return FrozenIssue(
        newsletter=newsletter.name,
        title=newsletter.title,
        number=issue.number,
        issue_date=issue.issue_date,
        submit_at=submit_moment(newsletter, issue.issue_date),
        language=newsletter.language,
        sender_name=newsletter.sender.name,
        sender_address=newsletter.sender.address,
        reply_to=newsletter.sender.reply_to,
        headers=_headers(newsletter, bench.settings),
        choices={choice.key: tuple(map(str, choice.topics)) for choice in newsletter.choices},
        variants={key: FrozenVariant(key, f.subject, f.html, f.text) for key, f in made.faces.items()},
        audience=AudienceRule(newsletter.name, newsletter.language),
        expected=dict(expected),
        unsubscribe_mark=inspection.marks.unsubscribe,
        manage_mark=inspection.marks.manage,
        web_html=made.web_html,
        summary=("; " if newsletter.language == "en" else "、").join(e.title for e in made.entries[:3]),
        items=issue.references,
        sections=sections,
        plan={} if issue.corrects else _plan_counts(newsletter, sections),
        item_prints={r: describe_item(bench.things[r]) for r in issue.references},
        draft_sha256=draft_sha256,
        corrects=issue.corrects,
    )


def _headers(newsletter: Newsletter, settings: Settings) -> dict[str, str]:
    host = newsletter.sender.address.rpartition("@")[2]
    return {
        "List-Id": f"<{newsletter.name}.{host}>",
        "List-Archive": f"<{settings.site_url}{letter_address(newsletter.name, newsletter.language)}>",
        "Content-Language": newsletter.language,
        "Precedence": "bulk",
    }


def _plan_counts(newsletter: Newsletter, sections: Mapping[str, int]) -> dict[str, int]:
    """回 for the issue itself, 件 for each item of a section that serves a line."""
    counts = {newsletter.count_line: 1} if newsletter.count_line else {}
    for rule in newsletter.sections:
        if rule.plan and sections.get(rule.key):
            counts[rule.plan] = counts.get(rule.plan, 0) + sections[rule.key]
    return counts


def _archived_numbers(content: Path, name: str) -> dict[date, int]:
    return {s.issue_date: s.number for s in submissions(content, name)}
