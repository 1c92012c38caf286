"""One build of the site: read everything, check everything, then write what changed."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict, dataclass, field
from importlib.metadata import version
from pathlib import Path
from time import perf_counter

import orjson
import xxhash

from generator.content.company import CompanyProfile
from generator.content.library import Library, Source, load_library
from generator.errors import ContentError
from generator.settings import Settings
from generator.site import sitemap
from generator.site.artifact import SitePlan
from generator.site.manifest import sync_folder, write_file
from generator.site.mkdocs import render_documents
from generator.site.plan import SHELL_DOCUMENT, plan_site, template_files
from generator.site.publisher import PublishContext, Publisher, PublishReport
from generator.site.shells import save_shells

_SHELL_PAGE = SHELL_DOCUMENT.removesuffix("index.md") + "index.html"
Progress = Callable[[str], None]


@dataclass(frozen=True)
class BuildReport:
    """What a build made, for people and for programs."""

    site: str
    on: str
    pages: Mapping[str, int] = field(default_factory=dict)
    companies: int = 0
    warnings: tuple[str, ...] = ()
    rendered: int = 0  # documents that went through MkDocs
    written: int = 0
    removed: int = 0
    seconds: float = 0.0
    mkdocs_seconds: float = 0.0
    nothing_changed: bool = False


def build_site(
    settings: Settings,
    sources: Sequence[Source],
    publishers: Sequence[Publisher],
    *,
    progress: Progress = lambda _: None,
) -> BuildReport:
    """Build the site; ``ContentError`` with every problem leaves the old site as it was."""
    started = perf_counter()
    fingerprint = _fingerprint(settings, sources, publishers)
    if done := _finished_before(settings, fingerprint):
        return done
    progress("原稿を読んでいます")
    library = load_library(sources, settings, settings.as_of())
    if library.errors:
        raise ContentError(library.problems)
    progress("ページを組み立てています")
    plan = plan_site(library, settings)
    _forget_fingerprint(settings)
    progress("ページを描いています")
    report = _write(settings, library, plan, publishers, progress)
    report = BuildReport(**{**asdict(report), "seconds": round(perf_counter() - started, 3)})
    _remember(settings, fingerprint, report)
    return report


def _write(
    settings: Settings,
    library: Library,
    plan: SitePlan,
    publishers: Sequence[Publisher],
    progress: Progress,
) -> BuildReport:
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
    files["sitemap.xml"] = sitemap.sitemap_index(
        settings.site_url, [path for report in reports for path in report.sitemaps]
    )
    synced = sync_folder(settings.site, files, settings.build / "site.json")
    return BuildReport(
        site=str(settings.site),
        on=library.on.isoformat(),
        pages=_total_pages(plan, reports),
        companies=len(library.all(CompanyProfile)),
        warnings=tuple(map(str, library.problems)),
        rendered=sum(r.rendered for r in renderings.values()),
        written=len(synced.written) + sum(r.written for r in reports),
        removed=len(synced.removed) + sum(r.removed for r in reports),
        mkdocs_seconds=round(mkdocs_seconds, 3),
    )


def _public_path(path: str) -> str:
    """Put the page for missing pages where web servers look for it."""
    return path.replace("404/index.html", "404.html")


def _total_pages(plan: SitePlan, reports: Sequence[PublishReport]) -> dict[str, int]:
    pages = dict(plan.pages)
    for report in reports:
        for kind, count in report.pages.items():
            pages[kind] = pages.get(kind, 0) + count
    return pages


def _fingerprint(settings: Settings, sources: Sequence[Source], publishers: Sequence[Publisher]) -> str:
    """Change whenever anything that a build reads may have changed; reads no file's content."""
    digest = xxhash.xxh3_128()
    digest.update(version("koho").encode())
    digest.update(repr((settings.model_dump_json(), settings.as_of())).encode())
    marks = [f"{s.name}\0{s.fingerprint(settings)}" for s in sources]
    marks += [f"{p.name}\0{p.fingerprint(settings)}" for p in publishers]
    digest.update("\n".join(marks).encode())
    for path in (*template_files(settings), *_engine_files()):
        state = path.stat()
        digest.update(f"{path}\0{state.st_size}\0{state.st_mtime_ns}\n".encode())
    return digest.hexdigest()


def _engine_files() -> list[Path]:
    """Return koho's own modules: a changed program may write different pages."""
    return sorted(Path(__file__).parents[1].rglob("*.py"))


def _finished_before(settings: Settings, fingerprint: str) -> BuildReport | None:
    try:
        known = orjson.loads((settings.build / "build.json").read_bytes())
    except (FileNotFoundError, orjson.JSONDecodeError):
        return None
    if known.get("fingerprint") != fingerprint or not (settings.site / "index.html").is_file():
        return None
    report = known["report"] | {"nothing_changed": True, "rendered": 0, "written": 0, "removed": 0}
    return BuildReport(**report | {"seconds": 0.0, "mkdocs_seconds": 0.0})


def _forget_fingerprint(settings: Settings) -> None:
    (settings.build / "build.json").unlink(missing_ok=True)


def _remember(settings: Settings, fingerprint: str, report: BuildReport) -> None:
    known = {"fingerprint": fingerprint, "report": asdict(report)}
    write_file(settings.build / "build.json", orjson.dumps(known))
