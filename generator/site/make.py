"""Making the site anew: read everything, check everything, then write what changed."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from time import perf_counter

from generator.content.company import CompanyProfile
from generator.content.library import Source, load_library
from generator.errors import ContentError
from generator.settings import Settings
from generator.site import sitemap
from generator.site.artifact import SitePlan
from generator.site.flyers import Flyers, order_flyers
from generator.site.links import dead_links
from generator.site.manifest import sync_folder
from generator.site.mkdocs import render_documents
from generator.site.plan import SHELL_DOCUMENT, plan_site
from generator.site.publisher import PublishContext, Publisher, PublishReport
from generator.site.report import BuildReport, forget_report
from generator.site.searchable import index_site
from generator.site.shells import save_shells
from generator.site.view import SiteView

_SHELL_PAGE = SHELL_DOCUMENT.removesuffix("index.md") + "index.html"
_STATUS_PAGE = re.compile(r"^(\d{3})/index\.html$")
Progress = Callable[[str], None]


def make_site(
    settings: Settings, sources: Sequence[Source], publishers: Sequence[Publisher], progress: Progress
) -> BuildReport:
    """Make the site; ``ContentError`` with every problem leaves the old site as it was."""
    progress("原稿を読んでいます")
    library = load_library(sources, settings, settings.as_of())
    if library.errors:
        raise ContentError(library.problems)
    progress("ページを組み立てています")
    view = SiteView(library, settings)
    with order_flyers(view) as flyers:
        plan = plan_site(view, lambda: flyers.addresses)
        library = library.with_problems(dead_links(library, settings, plan.addresses, publishers))
        if library.errors:
            raise ContentError(library.problems)
        forget_report(settings)
        progress("ページを描いています")
        return _write(plan, flyers, SiteView(library, settings), publishers, progress)


def _write(
    plan: SitePlan, flyers: Flyers, view: SiteView, publishers: Sequence[Publisher], progress: Progress
) -> BuildReport:
    settings, library = view.settings, view.library
    before_mkdocs = perf_counter()
    renderings = {
        language: render_documents(settings, language, docs, plan.chrome[language])
        for language, docs in plan.docs.items()
    }
    mkdocs_seconds = perf_counter() - before_mkdocs
    files = {artifact.path: artifact.content for artifact in plan.files}
    for language, rendering in renderings.items():
        prefix = "" if language == "ja" else f"{language}/"
        files |= {_public_path(prefix + p): html for p, html in rendering.pages.items() if p != _SHELL_PAGE}
    shells = save_shells(settings, {lang: r.pages[_SHELL_PAGE] for lang, r in renderings.items()})
    progress("企業のページを押印しています")
    context = PublishContext(settings=settings, library=library, on=library.on, shells=shells)
    reports = [publisher.publish(context) for publisher in publishers]
    progress("検索の索引を作っています")
    index = index_site(context, publishers)
    files["sitemap.xml"] = sitemap.sitemap_index(
        settings.site_url, [path for report in reports for path in report.sitemaps]
    )
    files |= flyers.files()
    synced = sync_folder(settings.site, files, settings.build / "site.json")
    return BuildReport(
        site=str(settings.site),
        on=library.on.isoformat(),
        pages=_total_pages(plan, reports),
        companies=len(library.all(CompanyProfile)),
        warnings=tuple(map(str, library.problems)),
        rendered=sum(r.rendered for r in renderings.values()),
        written=len(synced.written) + sum(r.written for r in reports) + index.written,
        removed=len(synced.removed) + sum(r.removed for r in reports) + index.removed,
        mkdocs_seconds=round(mkdocs_seconds, 3),
    )


def _public_path(path: str) -> str:
    """Put the pages that a web server shows by itself where it looks for them: ``404.html``."""
    return _STATUS_PAGE.sub(r"\1.html", path)


def _total_pages(plan: SitePlan, reports: Sequence[PublishReport]) -> dict[str, int]:
    pages = dict(plan.pages)
    for report in reports:
        for kind, count in report.pages.items():
            pages[kind] = pages.get(kind, 0) + count
    return pages
