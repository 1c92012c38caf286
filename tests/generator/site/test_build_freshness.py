import os
from datetime import date
from pathlib import Path

import pytest

from generator.content.library import Contribution
from generator.settings import Settings
from generator.site.fingerprint import input_fingerprint
from generator.site.report import BuildReport, forget_report, recall_report, remember_report
from tests.builders import make_settings


class Words:
    """A source whose mark we choose."""

    name = "words"

    def __init__(self, mark: str = "1") -> None:
        self.mark = mark

    def fingerprint(self, settings: Settings) -> str:
        return self.mark

    def load(self, settings: Settings, on: date) -> Contribution:
        return Contribution()


@pytest.fixture
def project(tmp_path: Path) -> Path:
    (tmp_path / "templates/site").mkdir(parents=True)
    (tmp_path / "templates/site/base.html").write_text("a", "utf-8")
    (tmp_path / "mkdocs.yml").write_text("site_name: x\n", "utf-8")
    return tmp_path


def test_the_fingerprint_stays_while_nothing_changes(project: Path) -> None:
    settings = make_settings(project)
    assert input_fingerprint(settings, [Words()], []) == input_fingerprint(settings, [Words()], [])


def test_words_settings_day_and_looks_each_change_the_fingerprint(project: Path) -> None:
    first = input_fingerprint(make_settings(project), [Words()], [])
    others = {
        input_fingerprint(make_settings(project), [Words("2")], []),
        input_fingerprint(make_settings(project, sample_ribbon=False), [Words()], []),
        input_fingerprint(make_settings(project, on=date(2023, 11, 23)), [Words()], []),
    }
    os.utime(project / "templates/site/base.html", ns=(1, 1))
    others.add(input_fingerprint(make_settings(project), [Words()], []))
    assert len(others - {first}) == 4


def test_a_report_is_recalled_only_for_its_own_fingerprint_and_site(project: Path) -> None:
    settings = make_settings(project)
    report = BuildReport(site=str(settings.site), on="2023-11-22", pages={"home": 1}, written=3, seconds=2.0)
    remember_report(settings, "mark", report)
    assert recall_report(settings, "mark") is None  # no site stands there
    settings.site.mkdir(parents=True)
    (settings.site / "index.html").write_text("x", "utf-8")
    recalled = recall_report(settings, "mark")
    assert recalled is not None
    assert (recalled.nothing_changed, recalled.written, recalled.pages) == (True, 0, {"home": 1})
    assert recall_report(settings, "another mark") is None
    forget_report(settings)
    assert recall_report(settings, "mark") is None
