"""The sample site as the public meets it: sound on every page, light, and one change seen everywhere."""

from __future__ import annotations

import csv
import gzip
import io
import json
import re
import shutil
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from xml.etree import ElementTree as ET

import jsonschema
import pytest
import xmlschema
from icalendar import Calendar

from company_db.commands.sample import load as load_sample_companies
from generator import discovery
from generator.content.library import load_library
from generator.content.model import Event
from generator.plan.ledger import count_plan, find_plan
from generator.settings import Settings
from generator.site.audit.run import audit_built_site
from generator.site.build import build_site
from newsletters.declaration import get_newsletter
from newsletters.issue.selection import select
from tests.builders import ON, make_settings
from tests.vnu import vnu_messages

ROOT = Path(__file__).parents[2]
SCHEMAS = ROOT.parent / "shared/data/web"
HOME_BYTES, PAGE_BYTES, NEXT_BYTES = 150_000, 100_000, 20_000
"""First visit to the home page, to any other, and the next page: compressed bytes (kB of 1,000)."""

pytestmark = pytest.mark.journey


@dataclass(frozen=True)
class Sample:
    settings: Settings

    def build(self) -> None:
        build_site(self.settings, discovery.sources(), discovery.publishers())

    def read(self, path: str) -> str:
        return (self.settings.site / path).read_text(encoding="utf-8-sig")

    def library(self) -> Any:
        return load_library(discovery.sources(), self.settings, ON)

    def next_issue(self) -> list[str]:
        newsletter = get_newsletter(self.settings, "magazine")
        return [p.reference for section in select(self.library(), newsletter, ON) for p in section.picks]


@pytest.fixture(scope="module")
def sample(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Sample]:
    project = tmp_path_factory.mktemp("koho")
    for name in ("content", "templates"):
        shutil.copytree(ROOT / name, project / name)
    shutil.copy(ROOT / "mkdocs.yml", project)
    made = Sample(make_settings(project, site_url="https://example.jp/"))
    _fill(made.settings)
    made.build()
    yield made
    shutil.rmtree(project)


def _fill(settings: Settings) -> None:
    load_sample_companies(settings.project, on=str(ON), quiet=True, as_json=False)


def test_every_page_of_the_sample_is_sound(sample: Sample) -> None:
    result = audit_built_site(sample.settings, sample.library())
    assert [str(finding) for finding in result.findings] == []
    assert (
        result.pages > 1_000
    )  # 300 companies in two languages, their lists, and the organisation's own pages


def test_pages_are_light_and_ask_nothing_of_other_hosts(sample: Sample) -> None:
    weights = {
        path: first_and_next(sample.settings.site, path) for path in representatives(sample.settings.site)
    }
    heavy = {
        path: (first, following)
        for path, (first, following) in weights.items()
        if first > (HOME_BYTES if path == "index.html" else PAGE_BYTES) or following > NEXT_BYTES
    }
    assert heavy == {}
    assert len(weights) > 50


def test_the_w3c_checker_has_nothing_to_say_of_any_kind_of_page(sample: Sample) -> None:
    site = sample.settings.site
    pages = [site / path for path in representatives(site)]
    assert vnu_messages(pages, site) == []


def representatives(site: Path) -> list[str]:
    """The heaviest page of each folder, of each kind of company, and every page at the top of either language."""
    kinds: dict[str, Path] = {}
    for path in site.rglob("*.html"):
        room = path.parent.parent.relative_to(site).as_posix() if path.parent != site else path.name
        kind = str(path) if room in {".", "en", "about"} else f"{room} {_kind_of_company(path)}"
        if kind not in kinds or path.stat().st_size > kinds[kind].stat().st_size:
            kinds[kind] = path
    return sorted(path.relative_to(site).as_posix() for path in kinds.values())


def _kind_of_company(path: Path) -> str:
    """Return what sets a company's page apart from its neighbours: a member's, a closed one's, any other."""
    return next((mark for mark in ("d-member", "d-closed") if mark in path.read_text(encoding="utf-8")), "")


def first_and_next(site: Path, page: str) -> tuple[int, int]:
    """Return the compressed bytes of a page with everything that it loads, and of the page alone."""
    html = (site / page).read_text(encoding="utf-8")
    loaded = re.findall(r'<(?:link rel="(?:stylesheet|icon)"|script|img)[^>]*?(?:href|src)="/([^"?#]+)', html)
    own = len(gzip.compress(html.encode()))
    assets = {name for name in loaded if (site / name).is_file()}
    return own + sum(len(gzip.compress((site / name).read_bytes())) for name in assets), own


def test_structured_data_of_every_kind_is_sound(sample: Sample) -> None:
    seen: dict[str, int] = {}
    for path in sample.settings.site.rglob("*.html"):
        for text in re.findall(
            r'<script type="application/ld\+json">(.*?)</script>', path.read_text("utf-8"), re.DOTALL
        ):
            data = json.loads(text)
            assert data["@context"] == "https://schema.org", path
            missing = [name for name in NEEDED.get(data["@type"], ()) if not data.get(name)]
            assert missing == [], (path, data["@type"])
            seen[data["@type"]] = seen.get(data["@type"], 0) + 1
    assert set(NEEDED) <= set(seen)


NEEDED = {
    "GovernmentOrganization": ("name", "url", "address"),
    "Event": ("name", "startDate", "endDate", "eventStatus", "location", "organizer"),
    "GovernmentService": ("name", "url", "provider"),
    "BreadcrumbList": ("itemListElement",),
    "Dataset": ("name", "description", "license", "distribution"),
}
"""What search engines require of each kind of thing."""


@pytest.mark.shared
def test_sitemaps_and_json_feeds_obey_their_published_schemas(sample: Sample) -> None:
    if not SCHEMAS.exists():
        pytest.skip("../shared/data/web がありません（sitemap と JSON Feed の定義）")
    site = sample.settings.site
    sitemaps = xmlschema.XMLSchema(SCHEMAS / "sitemap.xsd")
    parts = [path for path in site.rglob("sitemap*.xml") if path.name != "sitemap.xml"]
    assert len(parts) > 1
    for part in parts:
        sitemaps.validate(part)
    rules = json.loads((SCHEMAS / "jsonfeed-schema-v1.1.json").read_text(encoding="utf-8"))
    feeds = list(site.rglob("feed.json"))
    for feed in feeds:
        jsonschema.validate(json.loads(feed.read_bytes()), rules)
    assert len(feeds) == 7


def test_every_calendar_of_the_site_can_be_read_and_names_each_event_once(sample: Sample) -> None:
    calendars = [
        path for path in sample.settings.site.rglob("*.ics") if path.parent.name in {"events", "calendar"}
    ]
    assert len(calendars) > 3
    for path in calendars:
        entries = Calendar.from_ical(path.read_bytes()).walk("VEVENT")
        assert len({str(entry["uid"]) for entry in entries}) == len(entries), path  # a topic may have none
        assert all(entry["dtstamp"] and "sequence" in entry for entry in entries)


def test_sitemaps_list_every_listed_page_once(sample: Sample) -> None:
    space = "{http://www.sitemaps.org/schemas/sitemap/0.9}"
    index = ET.fromstring(sample.read("sitemap.xml"))  # noqa: S314 - our own bytes
    listed: list[str] = []
    for place in index.iter(f"{space}loc"):
        part = sample.read(str(place.text).removeprefix("https://example.jp/"))
        listed += [str(loc.text) for loc in ET.fromstring(part).iter(f"{space}loc")]  # noqa: S314 - our own bytes
    assert len(listed) == len(set(listed))
    missing = [
        url
        for url in listed
        if not (sample.settings.site / url[len("https://example.jp/") :] / "index.html").is_file()
    ]
    assert missing == []


def test_every_page_with_a_twin_and_its_twin_point_at_each_other(sample: Sample) -> None:
    link = re.compile(r'<link rel="alternate" hreflang="(ja|en)" href="https://example.jp(/[^"]*)"')
    pairs: dict[str, dict[str, str]] = {}
    for path in sample.settings.site.rglob("index.html"):
        if twins := dict(link.findall(path.read_text(encoding="utf-8"))):
            folder = path.parent.relative_to(sample.settings.site).as_posix()
            pairs["/" if folder == "." else f"/{folder}/"] = twins
    assert len(pairs) > 1_000
    assert [page for page, twins in pairs.items() if any(pairs.get(t) != twins for t in twins.values())] == []
    assert [page for page, twins in pairs.items() if page not in twins.values()] == []


def test_calling_one_event_off_changes_everything_that_tells_of_it_in_one_build(sample: Sample) -> None:
    event, line = coming_event_of_the_plan(sample)
    before = tell(sample, event, line)
    file = sample.settings.content / event.path
    text = file.read_text(encoding="utf-8")
    note = "status: cancelled\nstatus_note: 会場の都合により中止します\nupdated: 2023-11-22\n---"
    changed = re.sub(r"\nupdated: .*", "", text).replace("\n---", f"\n{note}", 1)
    file.write_text(changed, encoding="utf-8")
    sample.build()
    after = tell(sample, event, line)
    file.write_text(text, encoding="utf-8")
    assert before == {
        "page": False,
        "list": False,
        "feed": False,
        "calendar": "CONFIRMED",
        "csv": "scheduled",
        "issue": True,
        "planned": after["planned"] + 1,
    }
    assert after == {
        "page": True,
        "list": True,
        "feed": True,
        "calendar": "CANCELLED",
        "csv": "cancelled",
        "issue": False,
        "planned": before["planned"] - 1,
    }


def coming_event_of_the_plan(sample: Sample) -> tuple[Event, str]:
    """Return an event that the next issue carries and the plan counts on."""
    library = sample.library()
    for reference in sample.next_issue():
        event = library.find(Event, reference.removeprefix("events/"))
        if event is not None and event.plan:
            return event, event.plan[0]
    raise AssertionError("the sample's next issue carries no event of the plan")


def tell(sample: Sample, event: Event, line: str) -> dict[str, Any]:
    library = sample.library()
    plan = find_plan(library, ON)
    assert plan is not None
    calendar = Calendar.from_ical(sample.read("events/calendar.ics"))
    entries = [e for e in calendar.walk("VEVENT") if str(e["url"]).endswith(f"/{event.address}")]
    rows = csv.DictReader(io.StringIO(sample.read("opendata/events.csv"), newline=""))
    listed = re.search(rf'href="/{event.address}".{{0,1200}}', sample.read("events/index.html"), re.DOTALL)
    around = sample.read("events/index.html")
    position = around.index(f'/{event.address}"')
    assert listed
    return {
        "page": "会場の都合により中止します" in sample.read(f"{event.address}index.html"),
        "list": "中止" in around[max(0, position - 600) : position + 600],
        "feed": f"【中止】{event.title}" in sample.read("events/rss.xml"),
        "calendar": str(entries[0]["status"]),
        "csv": next(row["状態"] for row in rows if row["URL"].endswith(f"/{event.address}")),
        "issue": f"events/{event.slug}" in sample.next_issue(),
        "planned": count_plan(plan, library, ON).get(line).planned,
    }
