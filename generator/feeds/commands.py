"""``koho feeds``: fetch outside feeds into a review list, accept and reject."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import asdict
from datetime import datetime
from typing import Annotated

import typer

from generator import clock, console
from generator.console import HERE, JsonOption, OnOption, ProjectOption, QuietOption
from generator.content.codes import Region, Topic
from generator.errors import ContentError, DataError, Problem
from generator.feeds.entries import parse_feed
from generator.feeds.fetch import FeedError, Guard, fetch_feed
from generator.feeds.review import (
    Candidate,
    EntryStatus,
    Feed,
    ReviewList,
    adopt_known,
    describe_states,
    is_accepted_by_rule,
    list_path,
    load_feeds,
    load_list,
    news_entry,
    news_path,
    read_news,
    save_list,
    write_news,
)
from generator.settings import Settings

app = typer.Typer(help="外部のフィード: 読む、選ぶ", no_args_is_help=True)

Ids = Annotated[list[str], typer.Argument(metavar="ID…", help="koho feeds list に出る番号")]


@app.command()
def fetch(project: ProjectOption = HERE, on: OnOption = "", quiet: QuietOption = False) -> None:
    """フィードを読み、新しい記事を確かめる一覧に入れます。

    読むのは content/feeds.yml にあるものです。読めないフィードがあっても止まりません。
    """
    settings = console.settings_of(project, on=on)
    review = _open_list(settings)
    guard = Guard.of(settings)
    feeds = [feed for feed in load_feeds(settings) if not feed.paused]
    with console.err.status("読んでいます") as status:
        for feed in feeds:
            status.update(f"{feed.title} を読んでいます")
            line = fetch_one(feed, review, guard, clock.now(), settings)
            save_list(review, list_path(settings))
            if not quiet:
                console.out.print(f"{feed.name}: {line}", markup=False)
    for name, words in describe_states(review, feeds, clock.now()).items():
        console.err.print(f"注意 {name}: {words}", markup=False)


def fetch_one(feed: Feed, review: ReviewList, guard: Guard, now: datetime, settings: Settings) -> str:
    """Ask one feed and put what is new on the list; return what happened in words."""
    if not review.may_ask(feed, now):
        return review.waiting_words(feed)
    state = review.state_of(feed)
    today = settings.as_of()
    try:
        answer = fetch_feed(feed.url, etag=state.etag, last_modified=state.last_modified, guard=guard)
        raw = (
            parse_feed(answer.body, answer.content_type, today=today).entries
            if answer.body is not None
            else ()
        )
    except FeedError as error:
        review.fail(feed, str(error), now, wait_seconds=error.wait_seconds, gone=error.is_gone)
        return f"読めませんでした（{error}）"
    except DataError as error:
        review.fail(feed, str(error), now, wait_seconds=0.0, gone=False)
        return f"読めませんでした（{error}）"
    fresh = review.take_in(feed.name, raw, today)
    etag, modified = answer.etag or state.etag, answer.last_modified or state.last_modified
    review.succeed(feed, etag=etag, last_modified=modified)
    taken = [c for c in fresh if is_accepted_by_rule(c, feed)]
    for candidate in taken:
        write_news(news_entry(candidate, feed, today), settings.content)
        review.set_status(candidate.id, EntryStatus.ACCEPTED)
    return f"新しい記事 {len(fresh)} 件（規則で採用 {len(taken)} 件）"


@app.command("list")
def show_list(
    every: Annotated[bool, typer.Option("--all", help="採否の決まったものも出す")] = False,
    project: ProjectOption = HERE,
    as_json: JsonOption = False,
) -> None:
    """採否を待つ記事を示します。"""
    settings = console.settings_of(project)
    review = _open_list(settings)
    shown = [c for c in review.entries.values() if every or c.status == EntryStatus.PENDING]
    shown.sort(key=lambda c: (c.feed, c.published or c.seen), reverse=True)
    if as_json:
        console.print_json([asdict(c) for c in shown])
        return
    for candidate in shown:
        for line in _candidate_lines(candidate):
            console.out.print(line, markup=False)
    pending = sum(c.status == EntryStatus.PENDING for c in shown)
    console.out.print(f"採否を待つもの {pending} 件")
    if pending:
        console.out.print("採る: koho feeds accept ID… [--topic 分野] [--region 出どころ]", markup=False)
        console.out.print("採らない: koho feeds reject ID…", markup=False)


_STATUS_WORDS: dict[str, str] = {EntryStatus.ACCEPTED: " 採用", EntryStatus.REJECTED: " 不採用"}


def _candidate_lines(candidate: Candidate) -> Iterator[str]:
    """Two or three lines: what it is, where it leads, what it says."""
    doubts = f"  注意: {'、'.join(candidate.doubts)}" if candidate.doubts else ""
    status = _STATUS_WORDS.get(candidate.status, "")
    yield f"{candidate.id} {candidate.published or '日付なし'} [{candidate.feed}]{status} {candidate.title}"
    yield f"    {candidate.url}{doubts}"
    if candidate.summary:
        yield f"    {candidate.summary[:80]}"


@app.command()
def accept(
    ids: Ids,
    topic: Annotated[list[str] | None, typer.Option("--topic", help="分野（くり返せる）")] = None,
    region: Annotated[
        str, typer.Option("--region", help="出どころ: nation、prefecture、support、overseas")
    ] = "",
    project: ProjectOption = HERE,
    on: OnOption = "",
) -> None:
    """記事を採用します。サイトと次の号に載るようになります。"""
    settings = console.settings_of(project, on=on)
    review = _open_list(settings)
    feeds = {feed.name: feed for feed in load_feeds(settings)}
    topics = tuple(Topic(_known(t, [*Topic], "--topic")) for t in topic or ())
    for candidate in _chosen(review, ids):
        feed = feeds.get(candidate.feed)
        if feed is None:
            raise ContentError(
                [Problem("content/feeds.yml", 0, "name", candidate.feed, "そのフィードがありません")]
            )
        entry = news_entry(candidate, feed, settings.as_of())
        chosen = Region(_known(region, [*Region], "--region")) if region else entry.region
        entry = entry.model_copy(update={"topics": topics or entry.topics, "region": chosen})
        path = write_news(entry, settings.content)
        review.set_status(candidate.id, EntryStatus.ACCEPTED)
        console.out.print(f"採用 {path.relative_to(settings.project)}", markup=False)
    save_list(review, list_path(settings))


@app.command()
def reject(ids: Ids, project: ProjectOption = HERE) -> None:
    """記事を採用しません。同じ記事は二度と出ません。

    採用していた記事は取り消し、サイトからも外します。
    """
    settings = console.settings_of(project)
    review = _open_list(settings)
    for candidate in _chosen(review, ids):
        path = news_path(candidate.id, settings.content)
        if path.exists():
            path.unlink()
            console.out.print(f"採用を取り消し {path.relative_to(settings.project)}", markup=False)
        review.set_status(candidate.id, EntryStatus.REJECTED)
    save_list(review, list_path(settings))
    console.out.print(f"不採用 {len(ids)} 件")


def _open_list(settings: Settings) -> ReviewList:
    review = load_list(list_path(settings))
    adopt_known(review, read_news(settings.content)[0])
    return review


def _chosen(review: ReviewList, ids: list[str]) -> Iterator[Candidate]:
    unknown = [i for i in ids if i not in review.entries]
    if unknown:
        raise DataError(
            f"{'、'.join(unknown)}: その番号の記事はありません。koho feeds list で確かめてください"
        )
    return (review.entries[i] for i in ids)


def _known(value: str, codes: list[Topic] | list[Region], option: str) -> str:
    if value not in list(map(str, codes)):
        raise DataError(f"{option} {value}: ありません。使えるもの: {'、'.join(map(str, codes))}")
    return value
