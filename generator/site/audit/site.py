"""The whole built site: every page by every rule, links that lead nowhere, titles that two pages share, and the feeds."""

from __future__ import annotations

import posixpath
from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from urllib.parse import unquote, urlsplit

from generator.site.audit.contrast import contrast_findings
from generator.site.audit.feed import feed_findings
from generator.site.audit.page import AuditedPage, Finding

RULES = {
    "title": "題",
    "lang": "言語",
    "viewport": "拡大",
    "h1": "大見出し",
    "heading-order": "見出しの順",
    "heading-empty": "空の見出し",
    "landmark": "ページの区分",
    "landmark-name": "区分の名前",
    "frame-title": "埋め込みの題",
    "alt": "画像の説明",
    "image-size": "画像の寸法",
    "svg-name": "図の名前",
    "link-name": "リンクの名前",
    "link-text": "リンクの言葉",
    "link-target": "リンクの行き先",
    "table-head": "表の見出し",
    "table-scope": "表の見出しの向き",
    "duplicate-id": "印の重なり",
    "id-reference": "印の相手",
    "label": "入力欄の名前",
    "foreign": "ほかのサイトの読み込み",
    "leak-token": "鍵の漏れ",
    "leak-address": "アドレスの漏れ",
    "contrast": "文字の濃さ",
    "same-title": "題の重なり",
    "feed": "フィードの形",
}
"""Every rule with its Japanese name, in the order of reports."""

_CHUNK = 200
_FEEDS = ("/atom.xml", "/rss.xml", "/feed.json")


@dataclass(frozen=True, slots=True)
class AuditResult:
    """What the pass saw: how many pages, and every breach."""

    pages: int
    findings: tuple[Finding, ...]


@dataclass(frozen=True, slots=True)
class _Read:
    path: str
    title: str
    is_listed: bool
    findings: tuple[Finding, ...]
    targets: tuple[tuple[str, str], ...]  # path below the site, fragment
    ids: frozenset[str]


def audit_site(
    site: Path,
    *,
    site_url: str,
    allowed_emails: Iterable[str] = (),
    absent: Iterable[str] = (),
    processes: int = 2,
) -> AuditResult:
    """Read every HTML file below a folder once, in several processes; ``absent``: addresses that a server answers."""
    files = sorted(path.relative_to(site).as_posix() for path in site.rglob("*") if path.is_file())
    pages = [path for path in files if path.endswith(".html")]
    read = partial(_read_pages, str(site), site_url, frozenset(email.lower() for email in allowed_emails))
    chunks = [pages[i : i + _CHUNK] for i in range(0, len(pages), _CHUNK)]
    if processes > 1 and len(chunks) > 1:
        with ProcessPoolExecutor(processes) as pool:
            results = [page for chunk in pool.map(read, chunks) for page in chunk]
    else:
        results = [page for chunk in chunks for page in read(chunk)]
    findings = [finding for page in results for finding in page.findings]
    findings += _dead_links(results, set(files), tuple(absent))
    findings += _same_titles(results)
    for style in (path for path in files if path.startswith("assets/koho-") and path.endswith(".css")):
        findings += contrast_findings(style, (site / style).read_text(encoding="utf-8"))
    for feed in (path for path in files if path.endswith(_FEEDS)):
        findings += feed_findings(feed, (site / feed).read_bytes())
    return AuditResult(len(pages), tuple(findings))


def _read_pages(site: str, site_url: str, allowed: frozenset[str], paths: Sequence[str]) -> list[_Read]:
    return [_read_page(Path(site), site_url, allowed, path) for path in paths]


def _read_page(site: Path, site_url: str, allowed: frozenset[str], path: str) -> _Read:
    page = AuditedPage(path, (site / path).read_text(encoding="utf-8"))
    targets = dict.fromkeys(_targets(page, site_url))
    return _Read(
        path, page.title, page.is_listed, tuple(page.findings(allowed)), tuple(targets), frozenset(page.ids)
    )


def _targets(page: AuditedPage, site_url: str) -> Iterator[tuple[str, str]]:
    own = urlsplit(site_url)
    base = own.path or "/"
    for element in page.elements:
        for target in (element.get("href"), element.get("src")):
            parts = urlsplit(target)
            if (
                not target
                or parts.scheme not in ("", "http", "https")
                or parts.netloc not in ("", own.netloc)
            ):
                continue
            if not parts.path:
                yield page.path, parts.fragment
            elif parts.path.startswith(base):
                yield unquote(parts.path[len(base) :]), parts.fragment
            elif not parts.path.startswith("/"):
                folder = page.path.rpartition("/")[0]
                yield _resolved(folder, unquote(parts.path)), parts.fragment


def _resolved(folder: str, target: str) -> str:
    """Return a relative link's path from the site's root; a last slash stays."""
    path = posixpath.normpath(posixpath.join(folder, target))
    return "" if path == "." else path + ("/" if target.endswith(("/", "..")) else "")


def _dead_links(pages: Sequence[_Read], files: set[str], absent: tuple[str, ...]) -> Iterator[Finding]:
    ids = {page.path: page.ids for page in pages}
    for page in pages:
        for target, fragment in page.targets:
            path = f"{target}index.html" if not target or target.endswith("/") else target
            if target.startswith(absent) and absent:
                continue
            if path not in files and f"{path}/index.html" not in files:
                yield Finding(page.path, "link-target", f"/{target} がありません")
            elif fragment and path in ids and unquote(fragment) not in ids[path] and fragment != "top":
                yield Finding(page.path, "link-target", f"/{target} に #{fragment} がありません")


def _same_titles(pages: Sequence[_Read]) -> Iterator[Finding]:
    """Two companies may share a name; two pages of ours may not share a title."""
    groups: dict[str, list[str]] = defaultdict(list)
    for page in pages:
        if page.is_listed and "companies/" not in page.path:
            groups[f"{page.path.startswith('en/')}{page.title}"].append(page.path)
    for group in groups.values():
        for path in group[1:]:
            yield Finding(path, "same-title", f"{group[0]} と同じ題です")
