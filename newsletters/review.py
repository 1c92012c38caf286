"""What an approver is shown before deciding: what changed since the draft before, and how many people get it."""

from __future__ import annotations

import difflib
import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from types import MappingProxyType

from generator.clock import TOKYO
from generator.settings import Settings
from newsletters.approval import Action, IssueState
from newsletters.declaration import Newsletter
from newsletters.issue.archive import submissions
from newsletters.issue.frozen import ALL, FrozenIssue, FrozenVariant, frozen_path, load_frozen, save_frozen
from newsletters.issue.rendering import variant_key, variant_title
from newsletters.store import IssueStore, Record, Step

CONTEXT_LINES = 1
_NUMBER = re.compile(r"^(□ |)\s*\d+ (?=\S)")
"""The number before an item: one item struck out would change all that follow."""


_TITLE = re.compile(r"<title>[^<]*</title>")


@dataclass(frozen=True, slots=True)
class Change:
    """One thing that differs from the draft before; ``lines`` begin with - and + as in any comparison of texts."""

    name: str
    before: str = ""
    after: str = ""
    lines: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Count:
    """How many confirmed subscribers a variant has, and how many more than that of the issue before."""

    key: str
    title: str
    people: int
    more: int | None  # None: there is no issue before
    variant: FrozenVariant | None  # None: no item for them, so nothing is sent


@dataclass(frozen=True)
class Review:
    """Everything that stands on the table when an issue is decided."""

    frozen: FrozenIssue
    record: Record
    steps: tuple[Step, ...]
    earlier: Step | None  # the submission before this one
    changes: tuple[Change, ...] | None  # None: the draft before is not on this machine
    last: FrozenIssue | None
    counts: tuple[Count, ...]

    @property
    def people(self) -> int:
        """Everybody who would get this issue today."""
        return sum(count.people for count in self.counts if count.variant)

    @property
    def more(self) -> int | None:
        """How many more subscribers than at the issue before."""
        return None if self.last is None else sum(count.more or 0 for count in self.counts)


def keep_submission(settings: Settings, frozen: FrozenIssue) -> None:
    """Keep what goes before the approver, so that the next draft can be laid beside it."""
    save_frozen(frozen, _kept(settings, frozen.newsletter, frozen.issue_date, frozen.fingerprint))


def review_of(settings: Settings, store: IssueStore, newsletter: Newsletter, record: Record) -> Review:
    """Lay out an issue that went before its approver."""
    frozen = load_frozen(frozen_path(settings.content, record.newsletter, record.issue_date))
    steps = store.steps(record.key)
    earlier = _earlier_submission(steps, frozen.fingerprint)
    last = _last_issue(settings.content, store, record)
    return Review(
        frozen=frozen,
        record=record,
        steps=steps,
        earlier=earlier,
        changes=_changes_since(settings, earlier, frozen, newsletter),
        last=last,
        counts=tuple(_counts(frozen, last, newsletter)),
    )


def compare(
    before: FrozenIssue, after: FrozenIssue, titles: Mapping[str, str] = MappingProxyType({})
) -> tuple[Change, ...]:
    """Return everything of two drafts of an issue that differs; the places of the personal links aside.

    ``titles`` names the variants as their readers chose them.
    """
    found = [Change(name, old, new) for name, old, new in _facts(before, after) if old != new]
    keys = [*after.variants, *(key for key in before.variants if key not in after.variants)]
    for key in keys:
        old, new = before.variants.get(key), after.variants.get(key)
        if old is None or new is None:
            name = f"版「{titles.get(key, key)}」"
            found.append(Change(name, "ある" if old else "ない", "ある" if new else "ない"))
    found += _item_changes(before, after)
    old_text, new_text = _lines(before, _text), _lines(after, _text)
    if lines := _difference(old_text, new_text):
        found.append(Change("本文", lines=lines))
    found += _hidden_changes(before, after, titles, are_words_equal=old_text == new_text)
    return tuple(found)


def _item_changes(before: FrozenIssue, after: FrozenIssue) -> Iterator[Change]:
    gone = [f"- {_title(before, item)}" for item in before.items if item not in after.items]
    new = [f"+ {_title(after, item)}" for item in after.items if item not in before.items]
    if gone or new:
        yield Change("記事", lines=(*gone, *new))
    elif before.items != after.items:
        yield Change("記事", "", "並び順が変わりました")


def _title(frozen: FrozenIssue, item: str) -> str:
    return frozen.item_prints[item].split("|", 2)[2]


def _hidden_changes(
    before: FrozenIssue, after: FrozenIssue, titles: Mapping[str, str], *, are_words_equal: bool
) -> Iterator[Change]:
    """Return the variants that differ where no word above shows it: a link, a style, a picture, a subject of their own."""
    both = [key for key in after.variants if key in before.variants]

    def differing(part: Callable[[FrozenVariant], str]) -> list[str]:
        return [key for key in both if _part(before, key, part) != _part(after, key, part)]

    def named(keys: Sequence[str]) -> str:
        if len(keys) == len(after.variants):
            return "すべての版"
        return "、".join(f"「{titles.get(key, key)}」" for key in keys)

    subject, html, text = differing(_subject), differing(_html), differing(_text)
    if subject and before.subject == after.subject:
        yield Change("件名", "", f"変わった版: {named(subject)}")
    if only := [key for key in html if key not in text]:
        yield Change("HTML", "", f"文章のほかが変わった版: {named(only)}")
    if are_words_equal and (others := [key for key in text if key != ALL]):
        yield Change("テキスト", "", f"変わった版: {named(others)}")


def _facts(before: FrozenIssue, after: FrozenIssue) -> Iterator[tuple[str, str, str]]:
    named: dict[str, Callable[[FrozenIssue], str]] = {
        "件名": lambda f: f.subject,
        "差出人": lambda f: f"{f.sender_name} <{f.sender_address}>",
        "返信先": lambda f: f.reply_to,
        "発行日時": lambda f: f"{f.submit_at.astimezone(TOKYO):%Y-%m-%d %H:%M}",
        "宛先の規則": lambda f: f"{f.audience.newsletter}・{f.audience.language}・{f.audience.state}",
        "希望分野": lambda f: "、".join(f"{k}={'+'.join(v)}" for k, v in f.choices.items()),
        "ヘッダー": lambda f: "、".join(f"{k}: {v}" for k, v in f.headers.items()),
        "訂正する号": lambda f: f.corrects,
        "宛先の見込み": lambda f: f"{sum(f.expected.values()):,}人",
    }
    for name, value in named.items():
        yield name, value(before), value(after)


def _text(variant: FrozenVariant) -> str:
    return variant.text


def _html(variant: FrozenVariant) -> str:
    """The mail without the title, which is the subject again."""
    return _TITLE.sub("", variant.html, count=1)


def _subject(variant: FrozenVariant) -> str:
    return variant.subject


def _part(frozen: FrozenIssue, key: str, part: Callable[[FrozenVariant], str]) -> str:
    words = part(frozen.variants[key])
    return words.replace(frozen.unsubscribe_mark, "（停止）").replace(frozen.manage_mark, "（変更）")


def _lines(frozen: FrozenIssue, part: Callable[[FrozenVariant], str]) -> list[str]:
    key = ALL if ALL in frozen.variants else next(iter(frozen.variants), "")
    return [_NUMBER.sub(r"\1", line) for line in _part(frozen, key, part).splitlines()] if key else []


def _difference(before: Sequence[str], after: Sequence[str]) -> tuple[str, ...]:
    lines = difflib.unified_diff(before, after, lineterm="", n=CONTEXT_LINES)
    return tuple("…" if line.startswith("@@") else line for line in list(lines)[2:])


def _changes_since(
    settings: Settings, earlier: Step | None, frozen: FrozenIssue, newsletter: Newsletter
) -> tuple[Change, ...] | None:
    if earlier is None:
        return ()
    path = _kept(settings, frozen.newsletter, frozen.issue_date, earlier.fingerprint)
    titles = {variant_key(c, newsletter): variant_title(c, newsletter) for c in newsletter.topic_sets()}
    return compare(load_frozen(path), frozen, titles) if path.exists() else None


def _earlier_submission(steps: Sequence[Step], fingerprint: str) -> Step | None:
    """Return the last submission of other bytes than those before the approver now."""
    sent = [s for s in steps if s.action == Action.SUBMIT_FOR_APPROVAL and s.fingerprint != fingerprint]
    return sent[-1] if sent else None


def _last_issue(content: Path, store: IssueStore, record: Record) -> FrozenIssue | None:
    """Return the newest issue before this one that went out or was approved to."""
    gone = [s.issue_date for s in submissions(content, record.newsletter)]
    approved = [
        r.issue_date
        for r in store.records(record.newsletter)
        if r.approved_fingerprint and r.state != IssueState.CANCELLED
    ]
    days = [day for day in (*gone, *approved) if day < record.issue_date]
    return load_frozen(frozen_path(content, record.newsletter, max(days))) if days else None


def _counts(frozen: FrozenIssue, last: FrozenIssue | None, newsletter: Newsletter) -> Iterator[Count]:
    for choices in newsletter.topic_sets():
        key = variant_key(choices, newsletter)
        people, variant = frozen.expected.get(key, 0), frozen.variants.get(key)
        title = variant_title(choices, newsletter)
        more = None if last is None else people - last.expected.get(key, 0)
        yield Count(key, title, people, more, variant)


def _kept(settings: Settings, newsletter: str, issue_date: date, fingerprint: str) -> Path:
    folder = settings.project / "var" / "reviews" / newsletter
    return folder / f"{issue_date}-{fingerprint[:16]}.json.xz"
