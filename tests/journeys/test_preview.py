"""Writing beside the preview: a mistake is said once and shown on the page, mending it brings the new page."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest
from starlette.testclient import TestClient

from generator import discovery
from generator.settings import Settings
from generator.site.serve import Workshop, make_preview
from generator.storage import migrations
from tests.builders import ON, make_settings

ROOT = Path(__file__).parents[2]
PAGE = "/notices/2023/open/"
NOTICE = f"---\ntitle: 窓口を開きました\npublished: {ON}\n---\n<>\n"


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    (tmp_path / "templates").symlink_to(ROOT / "templates")
    shutil.copy(ROOT / "mkdocs.yml", tmp_path)
    settings = make_settings(tmp_path, processes=1, flyers=False)
    for schema in discovery.schemas():
        migrations.upgrade(schema, settings)
    write(settings, "本文です。")
    return settings


def write(settings: Settings, words: str) -> None:
    path = settings.content / "notices" / "2023" / "open.md"
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(NOTICE.replace("<>", words), encoding="utf-8")


def test_a_mistake_is_shown_on_the_page_until_it_is_mended(
    settings: Settings, capsys: pytest.CaptureFixture[str]
) -> None:
    workshop = Workshop(settings)
    workshop.look()
    with TestClient(make_preview(settings, workshop)) as client:
        assert "本文です。" in client.get(PAGE).text
        assert 'role="alert"' not in client.get(PAGE).text
        first = client.get("/_preview").text

        write(settings, "[窓口](/nowhere/) <b>")
        workshop.look()
        broken = client.get(PAGE)
        assert "本文です。" in broken.text  # the page as it was
        assert "content/notices/2023/open.md:5: body: 「/nowhere/」" in broken.text
        assert "content/notices/2023/open.md:5" in client.get("/none/").text
        second = client.get("/_preview").text
        capsys.readouterr()
        workshop.look()
        assert capsys.readouterr() == ("", "")  # said once, not every second

        write(settings, "直しました。")
        workshop.look()
        mended = client.get(PAGE).text
        assert "直しました。" in mended
        assert "nowhere" not in mended
        assert len({first, second, client.get("/_preview").text}) == 3


def test_a_first_build_that_fails_says_why(settings: Settings) -> None:
    write(settings, "<script>alert(1)</script>")
    workshop = Workshop(settings)
    workshop.look()
    with TestClient(make_preview(settings, workshop)) as client:
        answer = client.get("/")
        assert answer.status_code == 404
        assert "「&lt;script&gt;」" in answer.text
        assert "<script>alert" not in answer.text


def test_without_a_workshop_pages_are_sent_as_they_are(settings: Settings) -> None:
    settings.site.mkdir(parents=True)
    (settings.site / "index.html").write_text("<body>表紙</body>", encoding="utf-8")
    with TestClient(make_preview(settings)) as client:
        assert client.get("/").text == "<body>表紙</body>"
