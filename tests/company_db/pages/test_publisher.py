"""The whole directory: counts that add up, links that lead somewhere, and runs that touch only what changed."""

from __future__ import annotations

import csv
import io
import json
import re
from collections.abc import Iterator
from dataclasses import replace
from datetime import date, timedelta
from pathlib import Path
from typing import Any
from urllib.parse import unquote

import html5lib
import pytest

from company_db.directory import Directory
from company_db.pages import crew, pen
from company_db.pages.crew import Crew, Desk, MemberJob
from company_db.pages.listing import PER_PAGE
from company_db.pages.look import Look
from company_db.pages.pen import Pen, Place
from company_db.pages.publisher import DIRECTORY
from company_db.pages.search_changes import search_source
from company_db.samples.loading import load_sample
from company_db.store import CompanyStore
from generator.errors import DataError
from generator.settings import Settings
from tests.builders import ON, make_patent, make_program, make_story
from tests.company_db.pages.directories import (
    files_below,
    make_context,
    make_directory,
    publish,
    register,
    save,
)
from tests.company_db.registry.rows import make_row, number


@pytest.fixture(scope="module")
def sample(tmp_path_factory: pytest.TempPathFactory) -> Settings:
    """The 300 sample companies and 250 of a register, one of them closed and one in no municipality."""
    settings = make_directory(tmp_path_factory.mktemp("sample"), load_sample(ON))
    rows = [make_row(serial, kana="" if serial % 3 else "ザツ") for serial in range(900_000, 900_250)]
    rows[0] = make_row(900_000, closed="2020-03-31", cause="11", successor=number(900_001))
    register(settings, rows)
    publish(settings)
    return settings


@pytest.fixture
def small(tmp_path: Path) -> Settings:
    settings = make_directory(tmp_path, load_sample(ON)[:12])
    publish(settings)
    return settings


def pages(settings: Settings) -> Iterator[tuple[str, str]]:
    for path in sorted(settings.site.rglob("*.html")):
        yield str(path.relative_to(settings.site)), path.read_text(encoding="utf-8")


def test_the_municipality_lists_add_up_to_the_listed_companies(sample: Settings) -> None:
    lists = list((sample.site / "companies/municipality").glob("*.json"))
    shown = [len(json.loads(path.read_bytes())["companies"]) for path in lists]
    assert sum(shown) == Directory(sample, ON).counts().listed
    assert len(list((sample.site / "companies/municipality").glob("08*/index.html"))) == 44


def test_the_front_page_says_what_its_number_is_made_of(sample: Settings) -> None:
    counts = Directory(sample, ON).counts()
    front = (sample.site / "companies/index.html").read_text(encoding="utf-8")
    assert f"掲載 <b>{counts.listed}</b> 社 " in front
    assert f">会員企業 <b>{counts.members}</b></span>" in front
    assert f">法人番号の登録がある法人 <b>{counts.listed - counts.members}</b></span>" in front


def test_the_pages_of_a_list_name_each_of_its_companies_once(sample: Settings) -> None:
    folder = sample.site / "companies/municipality/08201"
    text = "".join(path.read_text(encoding="utf-8") for path in folder.rglob("index.html"))
    named = re.findall(r'<li><a href="/companies/(\d{13}|k\d{8})/"', text)
    listed = json.loads(folder.with_suffix(".json").read_bytes())["companies"]
    assert sorted(named) == sorted(company["key"] for company in listed)
    assert len(list(folder.rglob("index.html"))) == -(-len(listed) // PER_PAGE)


def test_a_closed_company_has_its_page_and_stands_in_no_list(sample: Settings) -> None:
    key = number(900_000)
    assert "閉鎖されました" in (sample.site / f"companies/{key}/index.html").read_text(encoding="utf-8")
    others = [name for name, text in pages(sample) if f"/companies/{key}/" in text and key not in name]
    assert others == []


def test_every_link_between_the_pages_leads_somewhere(sample: Settings) -> None:
    outside = ("/search/", "/inquiry/", "/update/", "/assets/")
    missing = {
        (name, target)
        for name, text in pages(sample)
        for target in re.findall(r'(?:href|src)="(/[^"]*)"', text)
        if not target.startswith(("/en/search/", *outside)) and target not in {"/", "/en/"}
        if not _stands(sample.site, unquote(target))
    }
    assert missing == set()


def _stands(site: Path, target: str) -> bool:
    path = site / target.lstrip("/")
    return (path / "index.html").is_file() if target.endswith("/") else path.is_file()


def test_a_sample_of_each_kind_of_page_is_valid_html(sample: Settings) -> None:
    kinds = ["companies/index.html", "companies/municipality/08201/2/index.html"]
    kinds += [f"companies/{number(900_000)}/index.html", f"companies/{number(900_001)}/index.html"]
    kinds += [f"companies/{company.key}/index.html" for company in load_sample(ON)[:5]]
    for section in ("municipality", "industry", "process", "certification", "kana"):
        kinds.append(f"companies/{section}/index.html")
        first = next((sample.site / "companies" / section).glob("*/index.html"))
        kinds.append(str(first.relative_to(sample.site)))
    for name in kinds:
        for path in (sample.site / name, sample.site / "en" / name):
            html5lib.HTMLParser(strict=True).parse(path.read_text(encoding="utf-8"))


def test_no_page_repeats_an_id(sample: Settings) -> None:
    for name, text in pages(sample):
        ids = re.findall(r'\sid="([^"]+)"', text)
        assert len(ids) == len(set(ids)), name


def test_nothing_that_is_not_published_reaches_the_companys_pages(sample: Settings) -> None:
    directory, checked = Directory(sample, ON), 0
    for company in load_sample(ON):
        values = [text for member in directory.members([company.key]) for text in member.private]
        for path in sample.site.glob(f"**/{company.key}/index.html"):
            body = path.read_text(encoding="utf-8").partition("<main")[2]
            assert [value for value in values if value in body] == []
            checked += len(values)
    assert checked


def test_a_page_that_would_show_a_private_text_is_not_written(small: Settings) -> None:
    key = load_sample(ON)[0].key
    directory = Directory(small, ON)
    (member,) = directory.members([key])
    shown = replace(member.profile, pr="内緒の取引先")
    job = MemberJob(member.row, shown, ("内緒の取引先",), member.row.digest)
    before = _contents(small.site)
    desk = Desk(Look.of(make_context(small)), directory.shown, Place.of(small.site))
    with pytest.raises(DataError, match=key) as caught, Crew(desk, processes=1) as crew_of_one:
        crew_of_one.members([job])
    assert "内緒" not in str(caught.value)
    assert _contents(small.site) == before


def test_the_data_of_a_list_opens_in_a_spreadsheet_without_formulas(tmp_path: Path) -> None:
    settings = make_directory(tmp_path, [])
    register(settings, [make_row(1, name="=HYPERLINK(1)"), make_row(2, name="+81\n機工"), make_row(3)])
    publish(settings)
    data = (settings.site / "companies/municipality/08201.csv").read_bytes()
    assert data.startswith(b"\xef\xbb\xbf")
    rows = list(csv.DictReader(io.StringIO(data.decode("utf-8-sig"))))
    assert len(rows) == 3
    assert all(not value.startswith(("=", "+", "-", "@")) for row in rows for value in row.values())


def test_the_sitemaps_name_every_page_of_an_open_company_in_both_languages(sample: Settings) -> None:
    report = publish(sample)
    named = []
    for path in report.sitemaps:
        urls = re.findall(r"<url><loc>([^<]+)</loc>", (sample.site / path).read_text(encoding="utf-8"))
        assert len(urls) <= 50_000
        named += urls
    addresses = {
        f"{sample.site_url}{name.removesuffix('index.html')}"
        for name, _ in pages(sample)
        if number(900_000) not in name
    }
    assert set(named) == addresses
    assert len(named) == len(addresses)


def test_a_second_run_writes_nothing(small: Settings) -> None:
    before = files_below(small.site)
    report = publish(small)
    assert (report.written, report.removed) == (0, 0)
    assert report.unchanged == len(before)
    assert files_below(small.site) == before


def test_one_changed_company_touches_only_its_pages_and_its_lists(small: Settings) -> None:
    company = load_sample(ON)[0]
    before = files_below(small.site)
    save(small, [company.model_copy(update={"headline": "新しい一行"})])
    publish(small)
    touched = {name for name, state in files_below(small.site).items() if before[name] != state}
    key = company.key
    assert {f"companies/{key}/index.html", f"en/companies/{key}/index.html"} <= touched
    others = {c.key for c in load_sample(ON)[:12]} - {key}
    assert not [name for name in touched if any(other in name for other in others)]
    lists = {
        name for name in touched if re.search(r"/(municipality|industry|process|certification)/\w", name)
    }
    assert f"companies/municipality/{company.municipality_code}/index.html" in lists
    for name in lists:
        text = small.site / name
        assert key in text.read_text(encoding="utf-8-sig"), name
    assert not [name for name in touched if name.endswith((".csv", ".json"))]  # they do not tell the line


def test_a_company_that_expires_leaves_no_page_behind(small: Settings) -> None:
    later = small.model_copy(update={"on": date(2030, 1, 1)})
    publish(later)
    assert not [name for name in files_below(small.site) if re.search(r"companies/(\d{13}|k\d{8})/", name)]
    assert Directory(later, date(2030, 1, 1)).counts().listed == 0


def test_incremental_runs_end_in_the_same_bytes_as_a_fresh_one(small: Settings, tmp_path: Path) -> None:
    changed = [c.model_copy(update={"headline": f"改訂 {n}"}) for n, c in enumerate(load_sample(ON)[3:9])]
    save(small, changed)
    register(small, [make_row(serial) for serial in range(1, 120)])
    publish(small)
    fresh = small.model_copy(update={"project": tmp_path / "fresh", "companies_url": _url(small)})
    publish(fresh)
    assert _contents(small.site) == _contents(fresh.site)


def _url(settings: Settings) -> str:
    return f"sqlite:///{settings.project / 'var' / 'companies.sqlite3'}"


def _contents(site: Path) -> dict[str, bytes]:
    return {name: content for name, (_, content) in files_below(site).items()}


def test_processes_and_one_process_write_the_same_bytes(
    sample: Settings, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(crew, "_ALONE", 20)
    monkeypatch.setattr(crew, "_CHUNK", 50)
    many = sample.model_copy(update={"project": tmp_path, "companies_url": _url(sample), "processes": 2})
    publish(many)
    assert _contents(many.site) == _contents(sample.site)


@pytest.mark.parametrize("stop_after", [0, 1, 7, 19, 33])
def test_an_interrupted_run_leaves_whole_files_and_the_next_one_finishes(
    small: Settings, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, stop_after: int
) -> None:
    before = _contents(small.site)
    save(small, [c.model_copy(update={"headline": "次の一行"}) for c in load_sample(ON)[:12]])
    fresh = small.model_copy(update={"project": tmp_path / "fresh", "companies_url": _url(small)})
    publish(fresh)
    after = _contents(fresh.site)
    _interrupt(monkeypatch, stop_after)
    with pytest.raises(KeyboardInterrupt):
        publish(small)
    monkeypatch.undo()
    halfway = {n: c for n, c in _contents(small.site).items() if "/.new-" not in n}
    assert all(content in {before.get(name), after.get(name)} for name, content in halfway.items())
    publish(small)
    assert _contents(small.site) == after


def _interrupt(monkeypatch: pytest.MonkeyPatch, stop_after: int) -> None:
    """Stop in the middle of writing a file, after so many files."""
    real, calls = pen.os.replace, iter(range(10_000))

    def replace_or_stop(*args: object, **kwargs: object) -> None:
        if next(calls) >= stop_after and "src_dir_fd" in kwargs:
            raise KeyboardInterrupt
        real(*args, **kwargs)  # type: ignore[arg-type]

    monkeypatch.setattr(pen.os, "replace", replace_or_stop)


@pytest.mark.parametrize("stop_after", [0, 5, 60])
def test_an_interrupted_first_run_leaves_no_page_and_the_next_one_finishes(
    small: Settings, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, stop_after: int
) -> None:
    fresh = small.model_copy(update={"project": tmp_path / "fresh", "companies_url": _url(small)})
    real, calls = pen.os.write, iter(range(10_000))

    def write_or_stop(*args: Any) -> int:
        if next(calls) >= stop_after:
            raise KeyboardInterrupt
        return real(*args)

    monkeypatch.setattr(pen.os, "write", write_or_stop)
    with pytest.raises(KeyboardInterrupt):
        publish(fresh)
    monkeypatch.undo()
    assert _contents(fresh.site) == {}
    publish(fresh)
    assert _contents(fresh.site) == _contents(small.site)
    assert not (fresh.build / "companies-new").exists()


def test_a_company_that_changes_while_it_is_written_is_finished_by_the_next_run(
    small: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    register(small, [make_row(1, name="前の名前株式会社")])
    row = next(row for row in Directory(small, ON).rows() if row.key == number(1))
    after = row._replace(name="後の名前株式会社", digest="another")
    monkeypatch.setattr(crew.ShownRows, "between", lambda *_: iter([after]))
    publish(small)
    monkeypatch.undo()
    page = small.site / f"companies/{number(1)}/index.html"
    assert "後の名前" in page.read_text(encoding="utf-8")
    publish(small)
    assert "前の名前" in page.read_text(encoding="utf-8")


def test_an_undone_change_after_an_interruption_is_undone_on_the_page(
    small: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    company, before = load_sample(ON)[0], _contents(small.site)
    save(small, [company.model_copy(update={"headline": "取り消す一行"})])
    _interrupt(monkeypatch, 3)
    with pytest.raises(KeyboardInterrupt):
        publish(small)
    monkeypatch.undo()
    save(small, [company])
    publish(small)
    assert _contents(small.site) == before


def test_a_page_removed_by_hand_comes_back(small: Settings) -> None:
    key = load_sample(ON)[0].key
    for name in ("index.html",):
        (small.site / f"companies/{key}" / name).unlink()
    (small.site / f"companies/{key}").rmdir()
    publish(small)
    assert (small.site / f"companies/{key}/index.html").is_file()


def test_a_changed_shell_writes_every_page_anew(small: Settings) -> None:
    context = make_context(small)
    shell = context.shells["ja"]
    changed = replace(shell, parts=(*shell.parts[:-1], shell.parts[-1] + b"<!-- new -->"))
    DIRECTORY.publish(replace(context, shells={**context.shells, "ja": changed}))
    stale = [n for n, text in pages(small) if not n.startswith("en/") and "<!-- new -->" not in text]
    assert stale == []


def test_a_patent_a_story_and_its_programs_stand_on_their_companys_page(small: Settings) -> None:
    key = load_sample(ON)[0].key
    program = make_program(slug="expert", title="専門家派遣の題")
    story = make_story(company_key=key, title="事例の題", programs=["expert"])
    publish(small, make_patent(company_key=key, title="曲げの特許"), story, program)
    text = (small.site / f"companies/{key}/index.html").read_text(encoding="utf-8")
    assert "曲げの特許" in text
    assert "事例の題" in text
    assert "専門家派遣の題" in text


def test_search_finds_every_listed_company_with_its_facets(sample: Settings) -> None:
    documents = list(DIRECTORY.search_source(make_context(sample)).since(None).documents)
    japanese = [document for document in documents if document.language == "ja"]
    assert len(japanese) == Directory(sample, ON).counts().listed
    assert len({document.key for document in documents}) == len(documents)
    assert all(_stands(sample.site, "/" + document.url) for document in documents)
    member = next(d for d in japanese if d.facets["member"][0].startswith("yes\t") and "process" in d.facets)
    assert {"municipality", "industry", "process", "employees"} <= member.facets.keys()
    assert member.rank > next(d for d in japanese if d.facets["member"][0].startswith("no\t")).rank
    assert all(
        "\t" in value for document in japanese for values in document.facets.values() for value in values
    )


def test_an_empty_database_gives_an_empty_directory(tmp_path: Path) -> None:
    settings = make_directory(tmp_path, [])
    report = publish(settings)
    assert report.pages["companies"] == 0
    assert "いま載っている企業はありません" in (settings.site / "companies/kana/index.html").read_text(
        "utf-8"
    )


def test_the_pen_leaves_no_half_written_file_under_a_name(
    small: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    held = Pen(Place.of(small.site))
    before = (small.site / "companies/map.svg").read_bytes()

    def full_disk(_file: int, _data: object) -> int:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(pen.os, "write", full_disk)
    with pytest.raises(OSError, match="No space"):
        held.put("ja", "map.svg", b"new")
    monkeypatch.undo()
    held.close()
    assert (small.site / "companies/map.svg").read_bytes() == before


def test_the_store_is_not_changed_by_publishing(small: Settings) -> None:
    from company_db.schema import SCHEMA
    from generator.storage.database import open_database

    engine = open_database(SCHEMA.url_of(small))
    assert len(CompanyStore(engine).records()) == 12
    engine.dispose()


def test_search_is_told_only_of_companies_that_changed(small: Settings) -> None:
    before = DIRECTORY.search_source(make_context(small))
    company = load_sample(ON)[0]
    save(small, [company.model_copy(update={"headline": "切削のほかに研磨も始めました"})])
    after = DIRECTORY.search_source(make_context(small))
    changes = after.since(before.mark)
    (document,) = [document for document in changes.documents if document.language == "ja"]
    assert (changes.whole, document.key) == (False, f"companies/{company.key}")
    assert "研磨も始めました" in document.fields["text"]
    assert after.mark != before.mark


def test_search_is_told_of_companies_that_are_no_longer_shown(small: Settings) -> None:
    mark = DIRECTORY.search_source(make_context(small)).mark
    company = load_sample(ON)[0]
    save(small, [company.model_copy(update={"listed": False})])
    changes = DIRECTORY.search_source(make_context(small)).since(mark)
    assert f"companies/{company.key}" in {*changes.gone, *(d.key for d in changes.documents if not d.rank)}


def test_search_is_told_of_profiles_that_grew_too_old(small: Settings) -> None:
    now = make_context(small)
    later = now.on + timedelta(days=small.unlist_after_days - 100)
    changes = search_source(Directory(small, later)).since(search_source(Directory(small, now.on)).mark)
    aged = {
        c.key
        for c in load_sample(ON)[:12]
        if c.confirmed and (later - c.confirmed).days > small.unlist_after_days
    }
    told = {d.key for d in changes.documents} | {*changes.gone}
    assert aged
    assert {f"companies/{key}" for key in aged} <= told


@pytest.mark.parametrize("mark", [None, "1 x 2020-01-01 1-x", "1 x 2020-01-01 0-empty"])
def test_search_is_told_everything_when_what_changed_cannot_be_known(
    small: Settings, mark: str | None
) -> None:
    assert DIRECTORY.search_source(make_context(small)).since(mark).whole
