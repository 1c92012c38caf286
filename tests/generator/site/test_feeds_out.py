"""Feeds in three forms: required parts, stable ids, cancellations told in the title."""

from __future__ import annotations

import json
from datetime import date
from pathlib import Path
from xml.etree import ElementTree as ET

import jsonschema
import pytest

from generator.content.company import CompanyProfile
from generator.content.library import make_library
from generator.site.feeds_out import feed_files
from generator.site.view import SiteView
from tests.builders import ON, make_back_issue, make_event, make_grant, make_notice, make_settings

SHARED = Path(__file__).parents[4] / "shared" / "data" / "web"
ATOM = "{http://www.w3.org/2005/Atom}"
THINGS = [
    make_notice(title="AT&T <新しい> 窓口", summary="おしらせ & 案内", updated=date(2023, 11, 21)),
    make_event(status="cancelled", updated=date(2023, 11, 22), status_note="台風のため"),
    make_grant(),
    make_grant("future", opens=date(2023, 12, 1)),
    make_back_issue(),
    CompanyProfile(key="k00000001", name="見本精機", registered=date(2023, 5, 1)),
]


def feeds(tmp_path: Path, *things: object) -> dict[str, bytes]:
    view = SiteView(
        make_library(things or THINGS, on=ON), make_settings(tmp_path, site_url="https://example.jp/")
    )
    return {artifact.path: artifact.content for artifact in feed_files(view)}


def test_notices_events_calls_companies_and_newsletters_have_three_forms_each(tmp_path: Path) -> None:
    folders = ("notices", "events", "grants", "companies", "newsletters/magazine")
    assert set(feeds(tmp_path)) == {
        f"{f}/{name}" for f in folders for name in ("rss.xml", "atom.xml", "feed.json")
    }


def test_an_entry_of_a_cancelled_event_says_so_in_every_form(tmp_path: Path) -> None:
    made = feeds(tmp_path)
    for name in ("rss.xml", "atom.xml", "feed.json"):
        assert "【中止】海外展開セミナー" in made[f"events/{name}"].decode()


def test_rss_has_what_readers_need_and_escapes_words(tmp_path: Path) -> None:
    channel = ET.fromstring(feeds(tmp_path)["notices/rss.xml"]).find("channel")  # noqa: S314 - our own bytes
    assert channel is not None
    item = channel.find("item")
    assert item is not None
    assert item.findtext("title") == "AT&T <新しい> 窓口"
    assert item.findtext("guid") == "https://example.jp/notices/2023/notice/"
    assert item.findtext("pubDate") == "Mon, 20 Nov 2023 09:00:00 +0900"


def test_atom_has_ids_updates_and_an_author(tmp_path: Path) -> None:
    for path, content in feeds(tmp_path).items():
        if path.endswith("atom.xml"):
            root = ET.fromstring(content)  # noqa: S314 - our own bytes
            assert root.findtext(f"{ATOM}author/{ATOM}name")
            for parent in (root, *root.iter(f"{ATOM}entry")):
                assert all(parent.findtext(f"{ATOM}{name}") for name in ("id", "title", "updated")), path
            ids = [entry.findtext(f"{ATOM}id") for entry in root.iter(f"{ATOM}entry")]
            assert len(ids) == len(set(ids))


def test_a_call_that_has_not_opened_is_not_told(tmp_path: Path) -> None:
    assert b"future" not in feeds(tmp_path)["grants/rss.xml"]


@pytest.mark.shared
@pytest.mark.parametrize("schema", ["jsonfeed-schema-v1.1.json"])
def test_json_feeds_obey_the_schema(schema: str, tmp_path: Path) -> None:
    if not (SHARED / schema).exists():
        pytest.skip("../shared/data/web is not here")
    rules = json.loads((SHARED / schema).read_text(encoding="utf-8"))
    for path, content in feeds(tmp_path).items():
        if path.endswith(".json"):
            jsonschema.validate(json.loads(content), rules)
