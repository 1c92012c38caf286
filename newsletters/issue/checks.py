"""What keeps an issue from its approver: every problem of it, with what to do."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from html.parser import HTMLParser
from pathlib import Path
from urllib.parse import unquote, urlsplit

from generator.content.bodies import Body, markup_problems
from generator.errors import Problem, Severity
from generator.settings import Settings
from newsletters.declaration import Newsletter
from newsletters.issue.characters import doubtful, settle
from newsletters.issue.client_support import lint_html
from newsletters.issue.model import Issue, Prose, without_comments
from newsletters.issue.outside import LinkAnswer, is_outside
from newsletters.issue.rendering import (
    Face,
    Marks,
    Typeset,
    variant_key,
    variant_title,
    web_address,
    widest_line,
)

HTML_LIMIT = 90_000  # bytes; Gmail cuts at 102 kB
TEXT_LIMIT = 60_000  # bytes
SUBJECT_LIMITS = {"ja": 60, "en": 80}  # characters
_HOLES = re.compile(
    r"\{\{.*?\}\}|\{%.*?%\}|\$\{.*?\}|%%[^%\s]{1,80}%%|［.*?を記入］|\[Write [^\]]*\]|〇〇|TODO|lorem ipsum",
    re.IGNORECASE,
)


@dataclass(frozen=True, slots=True)
class Inspection:
    """An issue with all that its checks look at."""

    issue: Issue
    newsletter: Newsletter
    typeset: Typeset
    marks: Marks
    settings: Settings
    outside: Mapping[str, LinkAnswer] | None = None  # None: nobody asked about the links that lead out

    @property
    def path(self) -> str:
        """The draft's path, for messages."""
        return f"content/issues/{self.issue.newsletter}/{self.issue.issue_date}.md"


def check_issue(inspection: Inspection) -> tuple[Problem, ...]:
    """Return every error and warning of an issue, each once."""
    found = [
        *_check_words(inspection),
        *_check_items(inspection),
        *(p for face in inspection.typeset.faces.values() for p in _check_face(inspection, face)),
        *_check_links(inspection),
        *_check_outside(inspection),
    ]
    return tuple(sorted(set(found)))


def _problem(inspection: Inspection, field: str, value: str, message: str, mend: str = "") -> Problem:
    return Problem(inspection.path, 0, field, value, message, mend)


def _warning(inspection: Inspection, field: str, value: str, message: str, mend: str = "") -> Problem:
    return Problem(inspection.path, 0, field, value, message, mend, Severity.WARNING)


def _check_words(inspection: Inspection) -> Iterator[Problem]:
    issue = inspection.issue
    if not issue.subject:
        yield _problem(inspection, "subject", "", "件名が空です", "件名を書いてください")
    limit = SUBJECT_LIMITS[inspection.newsletter.language]
    if len(issue.subject) > limit:
        yield _problem(
            inspection,
            "subject",
            issue.subject,
            f"件名が{len(issue.subject)}字あります",
            f"{limit}字までにしてください",
        )
    if not inspection.typeset.faces:
        yield _problem(inspection, "", "", "載せるものがありません", "記事か文章を書いてください")
    if (empty := inspection.typeset.empty) and inspection.typeset.faces:
        newsletter = inspection.newsletter
        titles = {variant_key(c, newsletter): variant_title(c, newsletter) for c in newsletter.topic_sets()}
        value = "、".join(titles[key] for key in empty)
        yield _warning(inspection, "分野", value, "この分野だけを選んだ方には、記事がないので送りません")
    words = [issue.subject, issue.lead, issue.editors_note]
    words += [b.markdown if isinstance(b, Prose) else b.blurb for s in issue.sections for b in s.blocks]
    draft = inspection.path.removeprefix("content/")
    yield from (p for text in words for p in markup_problems(Body(draft, text), inspection.settings.content))
    if found := doubtful(without_comments("".join(words))):
        become = "、".join(
            f"{c if c.isprintable() else '見えない文字'} → {settle(c) or '消えます'}" for c in found
        )
        yield _warning(inspection, "", "".join(found), f"機種依存文字はメールでは置き換わります（{become}）")


def _check_items(inspection: Inspection) -> Iterator[Problem]:
    for reference in inspection.typeset.missing:
        yield _problem(
            inspection,
            "記事",
            reference,
            "この日に公開されている記事がありません",
            "参照を直すか、行を消してください",
        )
    twice = [r for r in inspection.issue.references if inspection.issue.references.count(r) > 1]
    for reference in dict.fromkeys(twice):
        yield _problem(
            inspection, "記事", reference, "同じ記事が二度載っています", "どちらかを消してください"
        )
    site = inspection.settings.site
    for entry in inspection.typeset.entries:
        if entry.deadline and entry.deadline < inspection.issue.issue_date and not entry.state:
            yield _problem(
                inspection,
                "記事",
                entry.reference,
                f"締切 {entry.deadline} が発行日より前です",
                "行を消してください",
            )
        if "://" not in entry.address and not (site / entry.address / "index.html").is_file():
            yield _problem(
                inspection,
                "記事",
                entry.reference,
                "作ったサイトにページがありません",
                "koho build をしてください（公開日がまだなら、公開のあとで）",
            )


def _check_face(inspection: Inspection, face: Face) -> Iterator[Problem]:
    size, text_size = len(face.html.encode()), len(face.text.encode())
    if size > HTML_LIMIT:
        yield _problem(
            inspection,
            f"HTML {face.key}",
            f"{size:,} バイト",
            "大きすぎます",
            f"{HTML_LIMIT:,} バイトまでに減らしてください",
        )
    if text_size > TEXT_LIMIT:
        yield _problem(
            inspection,
            f"テキスト {face.key}",
            f"{text_size:,} バイト",
            "大きすぎます",
            "記事を減らしてください",
        )
    line, columns = widest_line(face.text)
    if line:
        yield _problem(
            inspection,
            f"テキスト {face.key}",
            f"{line}行目 {columns}桁",
            "行が長すぎます",
            "長い英数字を分けてください",
        )
    yield from _check_legal(inspection, face)
    for part in (face.subject, face.html, face.text):
        bare = part.replace(inspection.marks.unsubscribe, "").replace(inspection.marks.manage, "")
        for hole in _HOLES.findall(bare):
            yield _problem(inspection, "", hole, "差し込みが埋まっていません", "書き直してください")
    for finding in lint_html(face.html):
        mend = "原稿の Markdown だけで書き直してください"
        yield _problem(inspection, "HTML", finding.feature, finding.message, mend)


def _check_legal(inspection: Inspection, face: Face) -> Iterator[Problem]:
    organization = inspection.settings.organization
    english = inspection.newsletter.language == "en"
    contact = inspection.newsletter.legal.contact or organization.email
    needed = {
        "発行者の名称": organization.name_en if english else organization.name,
        "所在地": organization.address_en if english else organization.address,
        "停止の方法": inspection.marks.unsubscribe,
        "苦情の受付先": contact.split(" / ")[-1],
    }
    for part, words in (("HTML", face.html), ("テキスト", face.text)):
        plain = re.sub(r"\s", "", words)
        for name, wanted in needed.items():
            if not wanted or re.sub(r"\s", "", wanted) not in plain:
                yield _problem(
                    inspection,
                    f"{part} {face.key}",
                    name,
                    "法定の表示がありません",
                    "templates/mail と設定を直してください",
                )


class _Links(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.links: list[str] = []
        self.anchors: set[str] = set()
        self.pictures: list[tuple[str, str | None]] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        values = dict(attrs)
        if values.get("id"):
            self.anchors.add(str(values["id"]))
        if tag == "a":
            self.links.append(values.get("href") or "")
        if tag == "img":
            self.pictures.append((values.get("src") or "", values.get("alt")))


def _check_links(inspection: Inspection) -> Iterator[Problem]:
    site_url, marks = inspection.settings.site_url, inspection.marks
    told = {site_url + entry.address for entry in inspection.typeset.entries}  # by the check of the items
    own = web_address(inspection.newsletter, inspection.issue.issue_date)  # there when the issue went out
    for face in inspection.typeset.faces.values():
        page = _Links()
        page.feed(face.html)
        for link in page.links:
            if link in {marks.unsubscribe, marks.manage} or link in told:
                continue
            if link.startswith("#"):
                dead = link[1:] not in page.anchors
            elif link.startswith(site_url):
                address = link[len(site_url) :]
                dead = address != own and not _is_on_site(inspection.settings.site, address)
            else:
                dead = not _is_sound(link)
            if dead:
                mend = (
                    "書き直すか、koho build をしてください"
                    if link.startswith(site_url)
                    else "書き直してください"
                )
                yield _problem(inspection, "リンク", link, "リンクの先がありません", mend)
        for source, alt in page.pictures:
            if not source.startswith(site_url) or not _is_on_site(
                inspection.settings.site, source[len(site_url) :]
            ):
                yield _problem(
                    inspection,
                    "画像",
                    source,
                    "画像はこのサイトのものだけが使えます",
                    "content/assets に置いてください",
                )
            if not alt:
                yield _problem(
                    inspection,
                    "画像",
                    source,
                    "画像の説明（alt）がありません",
                    "![説明](…) の形で書いてください",
                )


def outside_links(inspection: Inspection) -> tuple[str, ...]:
    """Return every link of the mails that leads out of the site, each once."""
    found: dict[str, None] = {}
    for face in inspection.typeset.faces.values():
        page = _Links()
        page.feed(face.html)
        found |= dict.fromkeys(link for link in page.links if is_outside(link, inspection.settings))
    return tuple(link for link in found if _is_sound(link))


def _check_outside(inspection: Inspection) -> Iterator[Problem]:
    """A page that is gone is an error; whoever does not answer may only be resting, or we have no network."""
    links, answers = outside_links(inspection), inspection.outside
    if not links:
        return
    silent = [link for link in links if answers is None or link not in answers or not answers[link].status]
    if len(silent) == len(links):
        mend = "送る前に、開いて確かめてください"
        why = "確かめていません" if answers is None else "確かめられませんでした（つながりません）"
        yield _warning(inspection, "外のリンク", f"{len(links)} 件", why, mend)
        return
    for link in links:
        answer = answers.get(link) if answers else None
        if answer is None or answer.is_there:
            continue
        if answer.is_dead:
            why = f"リンクの先がありません（{answer.at[:10]} に {answer.status}）"
            yield _problem(inspection, "外のリンク", link, why, "書き直すか、記事を外してください")
        else:
            why = f"{answer.status} が返りました" if answer.status else answer.why
            yield _warning(inspection, "外のリンク", link, why, "開いて確かめてください")


def _is_on_site(site: Path, address: str) -> bool:
    path = site / unquote(urlsplit(address).path)
    return path.is_file() or (path / "index.html").is_file()


def _is_sound(link: str) -> bool:
    if link.startswith(("mailto:", "tel:")):
        return len(link) > 8
    parts = urlsplit(link)
    return parts.scheme in {"http", "https"} and bool(parts.hostname) and "." in str(parts.hostname)
