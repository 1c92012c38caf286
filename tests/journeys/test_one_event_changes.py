"""From outside: one file of words changes, and the site follows it everywhere and nowhere else."""

import email
import email.policy
import hashlib
import shutil
from email.message import EmailMessage
from pathlib import Path
from typing import cast

import pytest

from generator import discovery
from generator.errors import ContentError
from generator.settings import Settings
from generator.site import make
from generator.site.build import build_site
from generator.site.report import BuildReport
from generator.storage import migrations
from newsletters.draft_commands import compose
from newsletters.tables import schema
from tests.builders import ON, make_settings

ROOT = Path(__file__).parents[2]
EVENT = "content/events/2023/overseas-seminar-3.md"
PAGE = "events/2023/overseas-seminar-3/"

pytestmark = pytest.mark.journey


def build(settings: Settings) -> BuildReport:
    return build_site(settings, discovery.sources(), [])


def tree(folder: Path) -> dict[str, str]:
    return {
        path.relative_to(folder).as_posix(): hashlib.sha256(path.read_bytes()).hexdigest()
        for path in folder.rglob("*")
        if path.is_file()
    }


def edit(project: Path, old: str, new: str) -> None:
    path = project / EVENT
    text = path.read_text("utf-8")
    assert old in text
    path.write_text(text.replace(old, new), "utf-8")


@pytest.fixture(scope="module")
def built(tmp_path_factory: pytest.TempPathFactory) -> Path:
    project = tmp_path_factory.mktemp("project")
    shutil.copytree(ROOT / "content", project / "content")
    shutil.copytree(ROOT / "templates", project / "templates")
    shutil.copy(ROOT / "mkdocs.yml", project)
    build(make_settings(project))
    return project


@pytest.fixture
def project(built: Path, tmp_path: Path) -> Path:
    # copy2 keeps the times, so the copy is as unchanged as the original, but its paths are new
    shutil.copytree(built, tmp_path / "project")
    build(make_settings(tmp_path / "project"))
    return tmp_path / "project"


def test_a_new_date_shows_everywhere_it_should_and_nothing_else_changes(project: Path) -> None:
    settings = make_settings(project)
    before = tree(settings.site)
    edit(project, "date: 2024-02-07", "date: 2023-11-24")
    edit(project, "deadline: 2024-02-05", "deadline: 2023-11-22")
    report = build(settings)
    after = tree(settings.site)
    changed = {path for path in before.keys() | after.keys() if before.get(path) != after.get(path)}
    must = {
        "about/plan/index.html",
        "programs/needs/abroad/index.html",
        "programs/needs/sell/index.html",
        f"{PAGE}index.html",
        f"{PAGE}event.ics",
        "events/index.html",
        "events/month/2023-11/index.html",
        "events/month/2024-02/index.html",
        "events/calendar.ics",
        "programs/overseas-business/index.html",
        "index.html",
    }
    assert must <= changed
    assert "2023年11月24日（金）" in (settings.site / f"{PAGE}index.html").read_text("utf-8")
    for_machines = (
        "calendar/",
        "opendata/events",
        "events/atom",
        "events/rss",
        "events/feed",
        "search/index/",
    )
    others = {path.removeprefix("en/") for path in changed} - must
    assert [path for path in sorted(others) if not path.startswith(for_machines)] == []
    assert report.rendered == len([path for path in changed if path.endswith(".html")])


def test_the_next_issue_tells_the_new_date_too(project: Path) -> None:
    settings = make_settings(project)
    migrations.upgrade(schema, settings)
    told = []
    for old, new in (("2023-11-30", "2023-11-30"), ("2023-11-30", "2023-12-01")):
        path = project / "content/events/2023/kouiki-matching.md"
        path.write_text(path.read_text("utf-8").replace(f"date: {old}", f"date: {new}"), "utf-8")
        build(settings)
        compose("magazine", project=project, on=str(ON), quiet=True)
        told.append(next_issue_text(project / settings.outbox).partition("events/2023/kouiki-matching/")[0])
    assert "日時: 11月30日（木） 10:00" in told[0]
    assert "日時: 12月1日（金） 10:00" in told[1]
    assert "日時: 11月30日（木） 10:00" not in told[1]


def next_issue_text(outbox: Path) -> str:
    path = sorted(outbox.rglob("*.eml"))[0]
    mail = email.message_from_bytes(path.read_bytes(), policy=email.policy.default)
    body = cast("EmailMessage", mail).get_body(("plain",))
    assert body is not None
    return str(body.get_content())


def test_nothing_changed_means_that_nothing_is_touched(project: Path) -> None:
    settings = make_settings(project)
    before = {p: p.stat().st_mtime_ns for p in settings.site.rglob("*")}
    report = build(settings)
    assert report.nothing_changed
    assert {p: p.stat().st_mtime_ns for p in settings.site.rglob("*")} == before


def test_an_error_in_one_file_leaves_the_old_site_whole(project: Path) -> None:
    settings = make_settings(project)
    before = tree(settings.site)
    edit(project, "date: 2024-02-07", "date: 2024-02-30")
    with pytest.raises(ContentError) as error:
        build(settings)
    assert any(problem.path.endswith("overseas-seminar-3.md") for problem in error.value.problems)
    assert tree(settings.site) == before


def test_a_build_cut_off_while_rendering_leaves_the_old_site_whole_and_the_next_completes_it(
    project: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    settings = make_settings(project)
    before = tree(settings.site)
    edit(project, "fee_yen: 0", "fee_yen: 1000")

    def cut_off(*_: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr(make, "render_documents", cut_off)
    with pytest.raises(KeyboardInterrupt):
        build(settings)
    assert tree(settings.site) == before
    monkeypatch.undo()
    build(settings)
    assert "1,000円" in (settings.site / f"{PAGE}index.html").read_text("utf-8")


def test_a_withdrawn_page_leaves_the_site(project: Path) -> None:
    settings = make_settings(project)
    edit(project, "fee_yen: 0", "fee_yen: 0\nwithdrawn: 2023-11-22")
    build(settings)
    assert not (settings.site / PAGE).exists()
    assert PAGE not in (settings.site / "events/index.html").read_text("utf-8")


def test_after_many_changes_the_site_is_the_one_that_would_be_made_anew(
    project: Path, tmp_path: Path
) -> None:
    settings = make_settings(project)
    content = project / "content"

    edit(project, "date: 2024-02-07", "date: 2023-11-24")
    edit(project, "deadline: 2024-02-05", "deadline: 2023-11-22")
    build(settings)
    first, renamed = content / "notices/2023/bangkok-call.md", content / "notices/2023/bangkok-again.md"
    first.rename(renamed)
    (content / "stories/quote-costing.md").unlink()
    frame = project / "templates/pages/order.html"
    frame.write_text(frame.read_text("utf-8") + "<!-- another look -->", "utf-8")
    build(settings)
    (content / "orders/one-more.md").write_bytes((content / "orders/stainless-turning.md").read_bytes())
    renamed.rename(first)
    build(settings)

    anew = tmp_path / "anew"
    anew.mkdir()
    for name in ("content", "templates"):
        shutil.copytree(project / name, anew / name)
    shutil.copy(project / "mkdocs.yml", anew)
    fresh = make_settings(anew)
    build(fresh)
    assert outside_the_index(settings.site) == outside_the_index(fresh.site)


def outside_the_index(site: Path) -> dict[str, str]:
    """Return the tree without the search index, whose amended files answer alike but are cut in other places."""
    return {path: digest for path, digest in tree(site).items() if not path.startswith("search/index/")}


def test_the_shell_is_kept_for_stamping_and_is_not_published(project: Path) -> None:
    settings = make_settings(project)
    assert (settings.build / "shells/ja.html").stat().st_size < 4_000
    assert not (settings.site / "koho-shell").exists()
