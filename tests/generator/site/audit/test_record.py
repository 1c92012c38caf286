"""The test-result page says what a recorded pass found, and claims nothing that nobody tested."""

from __future__ import annotations

from pathlib import Path

from generator.content.library import load_library
from generator.site.audit.page import Finding
from generator.site.audit.record import AuditRecord, AuditRecordSource, record_audit
from generator.site.audit.site import RULES, AuditResult
from generator.site.pages.accessibility import CRITERIA, accessibility_pages
from generator.site.view import SiteView
from tests.builders import ON, make_settings


def test_a_recorded_pass_is_read_back_with_its_counts(tmp_path: Path) -> None:
    settings = make_settings(tmp_path)
    result = AuditResult(
        12, (Finding("a.html", "alt", "x"), Finding("b.html", "alt", "y"), Finding("b.html", "h1", "z"))
    )
    record_audit(result, settings, ON)
    library = load_library([AuditRecordSource()], settings, ON)
    assert library.all(AuditRecord)[0] == AuditRecord(checked=ON, pages=12, findings={"h1": 1, "alt": 2})
    page = next(iter(accessibility_pages(SiteView(library, settings))))
    counts = {criterion.number: count for criterion, count in page.values["criteria"]}  # type: ignore[attr-defined]
    assert (counts["1.1.1"], counts["2.4.1"], counts["1.4.3"]) == (2, 1, 0)


def test_a_site_that_was_never_checked_has_no_result_page(tmp_path: Path) -> None:
    settings = make_settings(tmp_path)
    assert (
        list(accessibility_pages(SiteView(load_library([AuditRecordSource()], settings, ON), settings))) == []
    )


def test_a_broken_record_is_told_with_its_mend(tmp_path: Path) -> None:
    settings = make_settings(tmp_path)
    settings.content.mkdir()
    (settings.content / "accessibility-check.yml").write_text("pages: 多い\n", encoding="utf-8")
    problem = AuditRecordSource().load(settings, ON).problems[0]
    assert "--record" in problem.mend


def test_every_criterion_stands_on_rules_that_exist() -> None:
    assert {rule for criterion in CRITERIA for rule in criterion.rules} <= set(RULES)
