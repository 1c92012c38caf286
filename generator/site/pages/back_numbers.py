"""Back numbers of the mail magazines: the list of each, and the issue as a page, in the newsletter's language."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from html import unescape

from generator.content.model import BackIssue, letter_address
from generator.rendering.filters import date_en, date_ja
from generator.rendering.phrases import phrased_html
from generator.rendering.templates import safe_html
from generator.site.page import Crumb, Page
from generator.site.view import SiteView

FRONTS = {
    "ja": (
        Crumb("メールマガジン", "newsletters/"),
        "助成金の募集、催し、お知らせをメールで届けます。これまでの号も読めます。",
    ),
    "en": (Crumb("Newsletter", "en/newsletters/"), "Support, events and companies of Ibaraki by mail."),
}


def back_number_pages(view: SiteView) -> Iterator[Page]:
    """Yield each language's front page, the list of every newsletter and every issue, each with its neighbours."""
    for language, (crumb, description) in FRONTS.items():
        letters: dict[str, list[BackIssue]] = {}
        for issue in view.issues:
            if issue.language == language:
                letters.setdefault(issue.newsletter, []).append(issue)
        if not letters and language != "ja":
            continue
        yield Page(
            address=crumb.address,
            title=crumb.title,
            kind="newsletters",
            template="newsletters.html",
            language=language,
            description=description,
            crumbs=_home(language),
            values={"letters": list(letters.values())},
        )
        for issues in letters.values():
            yield _list_page(issues, language)
            for number, issue in enumerate(issues):
                yield _issue_page(issues, number, issue)


def _home(language: str) -> tuple[Crumb, ...]:
    return (Crumb("Home", "en/"),) if language == "en" else ()


def _list_page(issues: Sequence[BackIssue], language: str) -> Page:
    title = issues[0].newsletter_title
    english = language == "en"
    return Page(
        address=letter_address(issues[0].newsletter, language),
        title=f"{title}: all issues" if english else f"{title} バックナンバー",
        kind="newsletters",
        template="newsletter.html",
        language=language,
        description=f"All issues of {title}." if english else f"{title}のこれまでの号です。",
        crumbs=(*_home(language), FRONTS[language][0]),
        values={"issues": issues, "title": title},
    )


def _issue_page(issues: Sequence[BackIssue], number: int, issue: BackIssue) -> Page:
    if issue.language == "en":
        words = f"{issue.newsletter_title} No. {issue.number}, {date_en(issue.issue_date)}"
    else:
        words = f"{issue.newsletter_title} 第{issue.number}号（{date_ja(issue.issue_date)}）"
    return Page(
        address=issue.address,
        title=issue.subject,
        kind="newsletters",
        template="back_number.html",
        language=issue.language,
        description=issue.summary or words,
        crumbs=(
            *_home(issue.language),
            FRONTS[issue.language][0],
            Crumb(issue.newsletter_title, letter_address(issue.newsletter, issue.language)),
        ),
        updated=issue.issue_date,
        values={
            "issue": issue,
            "body": safe_html(_phrased(issue)),
            "newer": issues[number - 1] if number else None,
            "older": issues[number + 1] if number + 1 < len(issues) else None,
        },
    )


_ITEM_HEADING = re.compile(r"(<h3[^>]*>(?:<a [^>]*>)?)([^<]+)")


def _phrased(issue: BackIssue) -> str:
    """Return what was sent, with its headings broken between phrases: the frozen bytes know no screen."""
    if issue.language != "ja":
        return issue.body_html
    return _ITEM_HEADING.sub(lambda found: found[1] + phrased_html(unescape(found[2])), issue.body_html)
