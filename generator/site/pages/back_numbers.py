"""Back numbers of the mail magazines: the list of each, and the issue as a page."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from generator.content.model import BackIssue
from generator.rendering.filters import date_ja
from generator.rendering.templates import safe_html
from generator.site.page import Crumb, Page
from generator.site.view import SiteView

CRUMB = Crumb("メールマガジン", "newsletters/")


def back_number_pages(view: SiteView) -> Iterator[Page]:
    """Yield the front page, the list of every newsletter and every issue, each with its neighbours."""
    letters: dict[str, list[BackIssue]] = {}
    for issue in view.issues:
        letters.setdefault(issue.newsletter, []).append(issue)
    yield Page(
        address=CRUMB.address,
        title=CRUMB.title,
        kind="newsletters",
        template="newsletters.html",
        description="助成金の募集、催し、お知らせをメールで届けます。これまでの号も読めます。",
        values={"letters": list(letters.values())},
    )
    for name, issues in letters.items():
        title = issues[0].newsletter_title
        yield Page(
            address=f"newsletters/{name}/",
            title=f"{title} バックナンバー",
            kind="newsletters",
            template="newsletter.html",
            description=f"{title}のこれまでの号です。",
            crumbs=(CRUMB,),
            values={"issues": issues, "title": title},
        )
        for number, issue in enumerate(issues):
            yield _issue_page(issues, number, issue)


def _issue_page(issues: Sequence[BackIssue], number: int, issue: BackIssue) -> Page:
    return Page(
        address=issue.address,
        title=issue.subject,
        kind="newsletters",
        template="back_number.html",
        description=issue.summary
        or f"{issue.newsletter_title} 第{issue.number}号（{date_ja(issue.issue_date)}）",
        crumbs=(CRUMB, Crumb(issue.newsletter_title, f"newsletters/{issue.newsletter}/")),
        updated=issue.issue_date,
        values={
            "issue": issue,
            "body": safe_html(issue.body_html),
            "newer": issues[number - 1] if number else None,
            "older": issues[number + 1] if number + 1 < len(issues) else None,
        },
    )
