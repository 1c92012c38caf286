"""The review list: what came in, what was accepted, and when each feed may be asked again.

What is pending lives in ``var/feeds.json`` of this machine; what a person accepted becomes a text file in
``content/news/``, part of the repository like every other word on the site.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass, field, replace
from datetime import date, datetime, timedelta
from enum import StrEnum
from pathlib import Path
from typing import Any

import orjson
import yaml
from pydantic import Field

from generator.content.codes import Region, Topic
from generator.content.frontmatter import parse_yaml
from generator.content.model import NewsEntry, Record, Slug
from generator.content.parsing import parse_record
from generator.errors import ContentError, Problem
from generator.feeds.entries import RawEntry, key_of_address
from generator.settings import Settings
from generator.storage.files import write_file

PATH = "content/feeds.yml"
_FIRST_WAIT, _LONGEST_WAIT = timedelta(hours=1), timedelta(days=1)


class AcceptRule(Record):
    """自動で採用してよい条件: written by an editor, or nothing is accepted by itself."""

    words: tuple[str, ...] = Field(min_length=1, description="題名にこのどれかがあれば採用する")


class Feed(Record):
    """引用してよい外のフィード."""

    name: Slug
    title: str
    url: str = Field(pattern=r"^https?://\S+$", description="https:// で始まるアドレスを書いてください")
    region: Region = Region.NATION
    topics: tuple[Topic, ...] = ()
    accept: AcceptRule | None = None
    paused: bool = Field(False, description="true なら読みに行かない")


class _Declared(Record):
    """What ``content/feeds.yml`` says."""

    feeds: tuple[Feed, ...] = ()


class EntryStatus(StrEnum):
    """採否."""

    PENDING = "pending"
    ACCEPTED = "accepted"
    REJECTED = "rejected"


@dataclass(frozen=True)
class FeedState:
    """What is remembered of a feed between fetches; of ``url`` alone, so that a mended address begins anew."""

    url: str = ""
    etag: str = ""
    last_modified: str = ""
    failures: int = 0
    failing_since: str = ""  # ISO moment
    not_before: str = ""  # ISO moment
    last_error: str = ""
    gone: bool = False


@dataclass(frozen=True)
class Candidate:
    """An entry on the list."""

    id: str
    feed: str
    title: str
    url: str
    summary: str = ""
    published: str = ""  # ISO day
    seen: str = ""  # ISO day of the first sight
    status: str = EntryStatus.PENDING
    keys: tuple[str, ...] = ()
    doubts: tuple[str, ...] = ()


@dataclass
class ReviewList:
    """The list and the feeds' states, read from and written to one file."""

    feeds: dict[str, FeedState] = field(default_factory=dict)
    entries: dict[str, Candidate] = field(default_factory=dict)

    def take_in(self, feed: str, raw: Iterable[RawEntry], today: date) -> tuple[Candidate, ...]:
        """Put what is new on the list; the same entry under another guid or address stays one. Return the new ones."""
        known = {(c.feed, key): c.id for c in self.entries.values() for key in c.keys}
        fresh = []
        for entry in raw:
            same = next((known[feed, key] for key in entry.keys if (feed, key) in known), None)
            if same:
                self.entries[same] = _edited(self.entries[same], entry)
            else:
                candidate = _candidate(feed, entry, today)
                self.entries[candidate.id] = candidate
                same = candidate.id
                fresh.append(candidate)
            known |= {(feed, key): same for key in entry.keys}
        return tuple(fresh)

    def state_of(self, feed: Feed) -> FeedState:
        """Return what is remembered of the address that a feed has now."""
        state = self.feeds.get(feed.name, FeedState())
        return state if state.url in {"", feed.url} else FeedState()

    def succeed(self, feed: Feed, *, etag: str, last_modified: str) -> None:
        """Remember a good answer."""
        self.feeds[feed.name] = FeedState(url=feed.url, etag=etag, last_modified=last_modified)

    def fail(self, feed: Feed, why: str, now: datetime, *, wait_seconds: float, gone: bool) -> None:
        """Remember a failure: wait twice as long each time, at least as long as the publisher asks."""
        before = self.state_of(feed)
        wait = min(_FIRST_WAIT * 2 ** min(before.failures, 10), _LONGEST_WAIT)
        wait = max(wait, timedelta(seconds=wait_seconds))
        self.feeds[feed.name] = replace(
            before,
            url=feed.url,
            failures=before.failures + 1,
            failing_since=before.failing_since or now.isoformat(),
            not_before=(now + wait).isoformat(),
            last_error=why,
            gone=gone,
        )

    def may_ask(self, feed: Feed, now: datetime) -> bool:
        """Say whether a feed's waiting time is over."""
        state = self.state_of(feed)
        return not state.gone and (not state.not_before or now >= datetime.fromisoformat(state.not_before))

    def waiting_words(self, feed: Feed) -> str:
        """Say until when a feed is left alone."""
        state = self.state_of(feed)
        if state.gone:
            return "なくなったので読みに行きません"
        until = datetime.fromisoformat(state.not_before)
        return f"前に読めなかったので、{until.month}月{until.day}日 {until:%H:%M} まで待ちます"

    def set_status(self, identity: str, status: EntryStatus) -> None:
        """Remember a decision."""
        self.entries[identity] = replace(self.entries[identity], status=status)


def load_feeds(settings: Settings) -> tuple[Feed, ...]:
    """Read ``content/feeds.yml``; ``ContentError`` lists what is wrong."""
    path = settings.content / "feeds.yml"
    if not path.exists():
        return ()
    front = parse_yaml(path.read_text(encoding="utf-8"), PATH)
    if front.problems:
        raise ContentError(front.problems)
    declared, problems = parse_record(_Declared, front, PATH)
    if declared is None or problems:
        raise ContentError(problems)
    return declared.feeds


def list_path(settings: Settings) -> Path:
    """Return where the review list lies."""
    return settings.project / "var" / "feeds.json"


def load_list(path: Path) -> ReviewList:
    """Read the list; an empty one when there is none yet."""
    if not path.exists():
        return ReviewList()
    values: dict[str, Any] = orjson.loads(path.read_bytes())
    return ReviewList(
        {name: FeedState(**state) for name, state in values["feeds"].items()},
        {
            key: Candidate(**{**v, "keys": tuple(v["keys"]), "doubts": tuple(v["doubts"])})
            for key, v in values["entries"].items()
        },
    )


def save_list(review: ReviewList, path: Path) -> None:
    """Write the list through a temporary neighbour."""
    write_file(path, orjson.dumps(asdict(review), option=orjson.OPT_INDENT_2))


def news_entry(candidate: Candidate, feed: Feed, today: date) -> NewsEntry:
    """Make of a candidate what the site and the issues may quote."""
    return NewsEntry(
        id=candidate.id,
        feed=feed.name,
        feed_title=feed.title,
        title=candidate.title,
        url=candidate.url,
        summary=candidate.summary,
        published=date.fromisoformat(candidate.published) if candidate.published else None,
        accepted=today,
        region=feed.region,
        topics=feed.topics,
    )


def news_path(identity: str, content: Path) -> Path:
    """Return where an accepted entry lies."""
    return content / "news" / f"{identity}.yml"


def write_news(entry: NewsEntry, content: Path) -> Path:
    """Write an accepted entry to ``content/news/<id>.yml``."""
    path = news_path(entry.id, content)
    values = entry.model_dump(mode="json", exclude_defaults=True)
    write_file(path, yaml.safe_dump(values, allow_unicode=True, sort_keys=False, width=1000).encode())
    return path


def read_news(content: Path) -> tuple[tuple[NewsEntry, ...], tuple[Problem, ...]]:
    """Read every accepted entry, newest first, and the problems of those that cannot be read."""
    found: list[NewsEntry] = []
    problems: list[Problem] = []
    for path in sorted((content / "news").glob("*.yml")):
        name = f"content/news/{path.name}"
        front = parse_yaml(path.read_text(encoding="utf-8", errors="replace"), name)
        entry, told = parse_record(NewsEntry, front, name) if not front.problems else (None, front.problems)
        problems += told
        if entry is not None:
            found.append(entry)
    return tuple(sorted(found, key=lambda e: (-e.accepted.toordinal(), e.id))), tuple(problems)


def is_accepted_by_rule(candidate: Candidate, feed: Feed) -> bool:
    """Say whether the editor's own rule accepts this entry; what is doubtful always waits for a person."""
    rule = feed.accept
    return rule is not None and not candidate.doubts and any(word in candidate.title for word in rule.words)


def adopt_known(review: ReviewList, accepted: Iterable[NewsEntry]) -> None:
    """Let a fresh clone know what the repository holds, so that it is not offered again."""
    for entry in accepted:
        if entry.id not in review.entries:
            review.entries[entry.id] = Candidate(
                entry.id,
                entry.feed,
                entry.title,
                entry.url,
                entry.summary,
                str(entry.published or ""),
                str(entry.accepted),
                EntryStatus.ACCEPTED,
                (key_of_address(entry.url),),
            )


def _candidate(feed: str, entry: RawEntry, today: date) -> Candidate:
    identity = hashlib.sha256(f"{feed}\0{entry.keys[0]}".encode()).hexdigest()[:16]
    return Candidate(
        identity,
        feed,
        entry.title,
        entry.url,
        entry.summary,
        str(entry.published or ""),
        str(today),
        keys=entry.keys,
        doubts=entry.doubts,
    )


def _edited(old: Candidate, entry: RawEntry) -> Candidate:
    """The publisher mended an entry: what is pending follows, what was decided keeps its words."""
    keys = tuple(dict.fromkeys((*old.keys, *entry.keys)))
    if old.status != EntryStatus.PENDING:
        return replace(old, keys=keys)
    published = str(entry.published or "")
    return replace(
        old,
        title=entry.title,
        url=entry.url,
        summary=entry.summary,
        published=published,
        keys=keys,
        doubts=entry.doubts,
    )


def describe_states(review: ReviewList, feeds: Iterable[Feed], now: datetime) -> Mapping[str, str]:
    """Say for each failing feed since when and why; a feed that is down stops nothing but itself."""
    words = {}
    for feed in feeds:
        state = review.state_of(feed)
        if state.gone:
            words[feed.name] = "なくなりました（410）。content/feeds.yml から外すか、アドレスを直してください"
        elif state.failures:
            days = (now - datetime.fromisoformat(state.failing_since)).days
            since = f"{days}日前から" if days else "きょうから"
            words[feed.name] = f"{since}読めません（{state.last_error}）"
    return words
