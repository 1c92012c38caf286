"""What machines read first: sitemap and robots."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from xml.etree.ElementTree import Element, SubElement, tostring

from generator.site.artifact import Artifact
from generator.site.page import Page
from generator.site.view import SiteView

_NAMESPACE = "http://www.sitemaps.org/schemas/sitemap/0.9"
PAGES_SITEMAP = "sitemap-pages.xml"


def sitemap_files(view: SiteView, pages: Iterable[Page]) -> Iterator[Artifact]:
    """Yield the sitemap of the rendered pages and robots.txt; the index follows when publishers are done."""
    root = Element("urlset", xmlns=_NAMESPACE)
    for page in sorted((p for p in pages if p.listed), key=lambda p: p.address):
        url = SubElement(root, "url")
        SubElement(url, "loc").text = view.absolute(page.address)
        if page.updated:
            SubElement(url, "lastmod").text = page.updated.isoformat()
    yield Artifact(PAGES_SITEMAP, _document(root), "file")
    robots = f"User-agent: *\nDisallow:\n\nSitemap: {view.absolute('sitemap.xml')}\n"
    yield Artifact("robots.txt", robots.encode(), "file")


def sitemap_index(site_url: str, sitemaps: Iterable[str]) -> bytes:
    """Write sitemap.xml: an index over the pages' sitemap and those of the publishers."""
    root = Element("sitemapindex", xmlns=_NAMESPACE)
    for path in (PAGES_SITEMAP, *sorted(sitemaps)):
        SubElement(SubElement(root, "sitemap"), "loc").text = site_url + path
    return _document(root)


def _document(root: Element) -> bytes:
    return bytes(tostring(root, encoding="utf-8", xml_declaration=True))
