from __future__ import annotations

import re
from datetime import date, datetime, timedelta
from pathlib import Path

import pytest
from typer.testing import CliRunner

from generator.clock import TOKYO
from generator.content.model import NewsEntry
from generator.errors import ContentError
from generator.feeds.commands import app, fetch_one
from generator.feeds.entries import RawEntry, key_of_address
from generator.feeds.fetch import Guard
from generator.feeds.review import (
    AcceptRule,
    EntryStatus,
    Feed,
    ReviewList,
    describe_states,
    is_accepted_by_rule,
    list_path,
    load_feeds,
    load_list,
    read_news,
    save_list,
)
from generator.feeds.source import feed_source
from tests.builders import make_settings
from tests.generator.feeds.test_entries import RSS2
from tests.generator.feeds.test_fetch import say, serving

TODAY = date(2023, 11, 22)
NOW = datetime(2023, 11, 22, 9, 0, tzinfo=TOKYO)


FEED = Feed(name="a", title="A", url="https://example.jp/feed")


def raw(title: str = "公募", url: str = "https://example.jp/a", guid: str = "g1") -> RawEntry:
    keys = (f"guid:{guid}", key_of_address(url), f"title:2023-11-20:{title}")
    return RawEntry(title, url, "", date(2023, 11, 20), keys)


@pytest.mark.parametrize(
    "again",
    [
        raw(guid="g2"),
        raw(url="http://www.example.jp/a/?utm_source=mail", guid="g3"),
        raw(url="https://example.jp/moved", guid="g4"),
        raw(title="公募（訂正）"),
    ],
)
def test_one_entry_stays_one_when_its_guid_address_or_title_changes(again: RawEntry) -> None:
    review = ReviewList()
    assert len(review.take_in("chusho", [raw()], TODAY)) == 1
    assert review.take_in("chusho", [again], TODAY) == ()
    assert len(review.entries) == 1


def test_two_feeds_keep_their_own_entries() -> None:
    review = ReviewList()
    review.take_in("a", [raw()], TODAY)
    assert len(review.take_in("b", [raw()], TODAY)) == 1


def test_a_rejected_entry_is_never_offered_again() -> None:
    review = ReviewList()
    (candidate,) = review.take_in("a", [raw()], TODAY)
    review.set_status(candidate.id, EntryStatus.REJECTED)
    assert review.take_in("a", [raw(title="公募 更新")], TODAY) == ()
    assert review.entries[candidate.id].status == EntryStatus.REJECTED


def test_the_list_reads_back_as_it_was_written(tmp_path: Path) -> None:
    review = ReviewList()
    review.take_in("a", [raw()], TODAY)
    review.fail(FEED, "500", NOW, wait_seconds=0, gone=False)
    save_list(review, tmp_path / "var" / "feeds.json")
    assert load_list(tmp_path / "var" / "feeds.json") == review


def test_waiting_doubles_until_a_day_and_the_publisher_may_ask_for_more() -> None:
    review = ReviewList()
    waits = []
    for _ in range(8):
        review.fail(FEED, "500", NOW, wait_seconds=0, gone=False)
        waits.append(datetime.fromisoformat(review.feeds["a"].not_before) - NOW)
    assert waits == [timedelta(hours=h) for h in (1, 2, 4, 8, 16, 24, 24, 24)]
    review.fail(FEED, "429", NOW, wait_seconds=172_800, gone=False)
    assert not review.may_ask(FEED, NOW + timedelta(hours=47))
    assert review.may_ask(FEED, NOW + timedelta(hours=48))


def test_only_a_rule_of_the_editor_accepts_by_itself_and_never_what_is_doubtful() -> None:
    review = ReviewList()
    (candidate,) = review.take_in("a", [raw(title="補助金の公募")], TODAY)
    ruled = FEED.model_copy(update={"accept": AcceptRule(words=("補助金",))})
    assert not is_accepted_by_rule(candidate, FEED)
    assert is_accepted_by_rule(candidate, ruled)
    (doubtful,) = review.take_in(
        "b", [RawEntry("補助金", "https://example.jp/z", "", None, ("guid:z",), ("?",))], TODAY
    )
    assert not is_accepted_by_rule(doubtful, ruled)


def test_a_feed_that_failed_says_until_when_it_is_left_alone() -> None:
    review = ReviewList()
    review.fail(FEED, "x", NOW, wait_seconds=0.0, gone=False)
    assert review.waiting_words(FEED).endswith("11月22日 10:00 まで待ちます")
    assert describe_states(review, [FEED], NOW)["a"].startswith("きょうから")
    review.fail(FEED, "x", NOW, wait_seconds=0.0, gone=True)
    assert "読みに行きません" in review.waiting_words(FEED)


def test_a_feed_whose_address_was_mended_begins_anew() -> None:
    review = ReviewList()
    review.succeed(FEED, etag="x", last_modified="y")
    review.fail(FEED, "410", NOW, wait_seconds=0.0, gone=True)
    assert not review.may_ask(FEED, NOW + timedelta(days=99))
    moved = FEED.model_copy(update={"url": "https://example.jp/feed2"})
    assert review.may_ask(moved, NOW)
    assert (review.state_of(moved).etag, describe_states(review, [moved], NOW)) == ("", {})
    review.succeed(moved, etag="z", last_modified="")
    assert review.may_ask(moved, NOW)


def test_a_feed_down_for_fourteen_days_is_told_and_stops_nothing(tmp_path: Path) -> None:
    settings = make_settings(tmp_path)
    review = ReviewList()
    feed = Feed(name="down", title="D", url="http://127.0.0.1:9/")
    for day in range(15):
        words = fetch_one(feed, review, Guard(), NOW + timedelta(days=day), settings)
        assert "読めませんでした" in words
    assert "14日前から" in describe_states(review, [feed], NOW + timedelta(days=14))["down"]
    assert feed_source.load(settings, TODAY).problems == ()


def project_with(url: str, folder: Path) -> Path:
    (folder / "content").mkdir()
    (folder / "settings.toml").write_text(
        f'on = 2023-11-22\n[options]\nfeeds_allowed_hosts = ["{url[7:-1]}"]\n', encoding="utf-8"
    )
    (folder / "content" / "feeds.yml").write_text(
        f"feeds:\n  - {{name: office, title: 見本の役所, url: '{url}', region: nation}}\n", encoding="utf-8"
    )
    return folder


def test_an_entry_goes_from_the_network_to_the_repository_by_a_persons_word(tmp_path: Path) -> None:
    with serving(
        say("200 OK", RSS2.format(encoding="utf-8").encode(), Content_Type="application/rss+xml")
    ) as (url, _):
        project = project_with(url, tmp_path)
        run = CliRunner()
        assert "新しい記事 1 件" in run.invoke(app, ["fetch", "--project", str(project)]).output
        assert "新しい記事 0 件" in run.invoke(app, ["fetch", "--project", str(project)]).output
    settings = make_settings(project)
    (identity,) = load_list(list_path(settings)).entries
    listed = run.invoke(app, ["list", "--project", str(project)]).output
    for words in (identity, "https://example.jp/a", "補助金①の公募", "採否を待つもの 1 件", "accept ID"):
        assert words in listed
    assert feed_source.load(settings, TODAY).things == []
    accepted = run.invoke(
        app, ["accept", identity, "--topic", "funding", "--region", "prefecture", "--project", str(project)]
    )
    assert accepted.exit_code == 0, accepted.output
    (entry,), problems = read_news(settings.content)
    assert problems == ()
    assert (entry.title, entry.accepted, entry.region, entry.topics) == (
        "補助金①の公募（㈱髙橋）",
        TODAY,
        "prefecture",
        ("funding",),
    )
    assert [type(t) for t in feed_source.load(settings, TODAY).things] == [NewsEntry]
    assert "採用 補助金①の公募" in run.invoke(app, ["list", "--all", "--project", str(project)]).output
    kept = list_path(settings).read_bytes()
    list_path(settings).unlink()
    with serving(say("200 OK", RSS2.format(encoding="utf-8").encode())) as (again, _):
        project_url = (project / "content" / "feeds.yml").read_text(encoding="utf-8").replace(url, again)
        (project / "content" / "feeds.yml").write_text(project_url, encoding="utf-8")
        (project / "settings.toml").write_text(
            f'on = 2023-11-22\n[options]\nfeeds_allowed_hosts = ["{again[7:-1]}"]\n', encoding="utf-8"
        )
        assert "新しい記事 0 件" in run.invoke(app, ["fetch", "--project", str(project)]).output

    list_path(settings).write_bytes(kept)
    said = run.invoke(app, ["reject", identity, "--project", str(project)]).output
    assert "採用を取り消し content/news/" in said
    assert read_news(settings.content) == ((), ())


def test_a_slip_in_the_list_of_feeds_says_its_line_in_japanese(tmp_path: Path) -> None:
    (tmp_path / "content").mkdir()
    path = tmp_path / "content" / "feeds.yml"
    for words, told in (
        ("feeds:\n  - name: a\n    title: A\n    url: example.jp\n", "feeds.yml:4: feeds.1.url"),
        ("feeds:\n  - name: a\n    titel: A\n", "「title」のことですか"),
        ("feeds: [", "書き方が読めません"),
    ):
        path.write_text(words, encoding="utf-8")
        with pytest.raises(ContentError, match=re.escape(told)):
            load_feeds(make_settings(tmp_path))


def test_a_broken_news_file_is_told_with_its_name(tmp_path: Path) -> None:
    (tmp_path / "news").mkdir()
    (tmp_path / "news" / "x.yml").write_text("title: [", encoding="utf-8")
    assert read_news(tmp_path)[1][0].path == "content/news/x.yml"
