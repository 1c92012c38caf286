"""Library to artifacts: a pure plan of everything the site will hold."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Iterator

from generator.rendering.templates import Templates
from generator.site import assets, calendar_out, cards, feeds_out, security, sitemap
from generator.site.artifact import Artifact, SitePlan
from generator.site.cards import find_card_font
from generator.site.chrome import chrome
from generator.site.labels import KIND_LABELS
from generator.site.open_data.catalogue import open_data_files
from generator.site.page import Crumb, Page, finished_markdown, json_ld
from generator.site.pages import BUILDERS
from generator.site.view import SiteView

SHELL_DOCUMENT = "koho-shell/index.md"


def plan_site(view: SiteView, flyers: Callable[[], frozenset[str]] = frozenset) -> SitePlan:
    """Plan every page and file; nothing is written. Templates and assets are read from the project.

    ``flyers`` tells where flyers will stand; it may have to wait, so it is asked when only the pages are left to do.
    """
    settings, pages = view.settings, list_pages(view)
    files = (*assets.site_assets(settings), *_files(view, pages))
    names = assets.entry_points(files)
    templates = Templates(
        [settings.templates / "pages"],
        {
            "view": view,
            "base": view.base,
            "organization": settings.organization,
            "search_pack": names["search"],
            "flyers": flyers(),
        },
        compiled=settings.build / "templates",
    )
    return SitePlan(
        docs={language: tuple(_documents(pages, language, templates, view)) for language in ("ja", "en")},
        files=files,
        chrome={language: chrome(view, language, names) for language in ("ja", "en")},
        pages=dict(sorted(Counter(page.kind for page in pages).items())),
        addresses=frozenset(page.address for page in pages),
    )


def list_pages(view: SiteView) -> list[Page]:
    """Return every page of the Library, none of them rendered."""
    return [page for builder in BUILDERS for page in builder(view)]


def _documents(
    pages: Iterable[Page], language: str, templates: Templates, view: SiteView
) -> Iterator[Artifact]:
    yield Artifact(SHELL_DOCUMENT, b"---\ntemplate: shell.html\n---\n", "shell")
    for page in pages:
        if page.language == language:
            html = templates.render(page.template, {"page": page, **page.values})
            yield Artifact(page.document, finished_markdown(page, html, _meta(page, view)), page.kind)


def _meta(page: Page, view: SiteView) -> dict[str, object]:
    organization = view.settings.organization
    name = organization.name if page.language == "ja" else organization.name_en
    return {
        "title": page.title,
        "title_full": _title_full(page, name),
        "description": page.description,
        "address": page.address,
        "tab": page.address[: page.address.find("/", 3 if page.language == "en" else 0) + 1],
        "canonical": view.absolute(page.address) if page.listed else "",
        "alternates": _alternates(page, view),
        "twin": page.twin,
        "og_image": view.absolute(f"assets/cards/{page.kind}.png")
        if page.kind in KIND_LABELS and find_card_font()
        else "",
        "og_type": "website" if page.kind == "home" else "article",
        "crumbs": [{"title": crumb.title, "address": crumb.address} for crumb in _way(page)],
        "data": [json_ld(data) for data in (*_breadcrumbs(page, view), *page.data)],
    }


def _title_full(page: Page, name: str) -> str:
    """Return the text of <title>: page, its room, the organisation; pages of two rooms may share a heading."""
    if page.kind == "home" and not page.crumbs:
        return name
    rooms = [crumb.title for crumb in page.crumbs[-1:] if crumb.title not in (page.title, "ホーム", "Home")]
    return " | ".join([page.title, *rooms, name])


def _alternates(page: Page, view: SiteView) -> list[dict[str, str]]:
    if page.twin is None or not page.listed:
        return []
    other = "en" if page.language == "ja" else "ja"
    own = {"language": page.language, "url": view.absolute(page.address)}
    return [own, {"language": other, "url": view.absolute(page.twin)}]


def _way(page: Page) -> tuple[Crumb, ...]:
    """Return the path to a page from the home page on; home and the page for missing pages have none."""
    if page.kind in ("home", "404") or not page.listed:
        return ()
    home = Crumb("ホーム", "") if page.language == "ja" else Crumb("Home", "en/")
    return (home, *(crumb for crumb in page.crumbs if crumb.address != home.address))


def _breadcrumbs(page: Page, view: SiteView) -> Iterator[dict[str, object]]:
    if not (way := _way(page)):
        return
    steps = [*((c.title, c.address) for c in way), (page.title, page.address)]
    yield {
        "@type": "BreadcrumbList",
        "itemListElement": [
            {"@type": "ListItem", "position": n, "name": title, "item": view.absolute(address)}
            for n, (title, address) in enumerate(steps, 1)
        ],
    }


def _files(view: SiteView, pages: list[Page]) -> Iterator[Artifact]:
    yield from feeds_out.feed_files(view)
    yield from calendar_out.event_calendars(view)
    yield from open_data_files(view)
    yield security.security_file(view)
    yield from cards.card_files(view.settings)
    yield from sitemap.sitemap_files(view, pages)
