"""One build of the site; when nothing changed, nothing heavy is even loaded."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from time import perf_counter

from generator.content.library import Source
from generator.settings import Settings
from generator.site.fingerprint import input_fingerprint
from generator.site.publisher import Publisher
from generator.site.report import BuildReport, recall_report, remember_report


def build_site(
    settings: Settings,
    sources: Sequence[Source],
    publishers: Sequence[Publisher],
    *,
    progress: Callable[[str], None] = lambda _: None,
) -> BuildReport:
    """Build the site; ``ContentError`` with every problem leaves the old site as it was."""
    started = perf_counter()
    fingerprint = input_fingerprint(settings, sources, publishers)
    if done := recall_report(settings, fingerprint):
        return done
    from generator.site.make import make_site

    report = make_site(settings, sources, publishers, progress)
    report = replace(report, seconds=round(perf_counter() - started, 3))
    remember_report(settings, fingerprint, report)
    return report
