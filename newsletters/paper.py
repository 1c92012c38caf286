"""What people look at before they decide: the preview with all faces side by side, and the 起案・決裁 sheet."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime
from pathlib import Path

from generator.clock import TOKYO
from generator.errors import Problem, Severity
from generator.rendering.pdf import FONT_STACK
from generator.rendering.templates import Templates, safe_html
from generator.storage.files import write_file
from newsletters.approval import ACTION_WORDS, WORDS, Action, IssueState
from newsletters.delivery.states import WORDS as DELIVERY_WORDS
from newsletters.issue.checks import HTML_LIMIT, Inspection
from newsletters.issue.rendering import Face, variant_key, variant_title, widest_line
from newsletters.review import Change, Count, Review
from newsletters.store import Step

_WEB_STYLE = (
    "<style>body { font: 16px/1.8 sans-serif; max-width: 44em; margin: 16px auto; padding: 0 16px }</style>"
)
SHEET_LINES = (30, 20, 12, 6, 0)
"""Lines of differences on the sheet: as many as leave it on one page."""


def write_preview(
    folder: Path, inspection: Inspection, problems: Sequence[Problem], templates: Templates
) -> Path:
    """Write the preview page and the faces it shows; return the page."""
    folder.mkdir(parents=True, exist_ok=True)
    newsletter, made = inspection.newsletter, inspection.typeset
    titles = {variant_key(c, newsletter): variant_title(c, newsletter) for c in newsletter.topic_sets()}
    faces = []
    for position, (key, face) in enumerate(made.faces.items(), 1):
        name = f"variant-{position}.html"
        write_file(folder / name, face.html.encode())
        faces.append(_face_values(titles[key], name, face))
    head = f'<!doctype html><html lang="{newsletter.language}"><meta charset="utf-8"><title>web</title>'
    write_file(folder / "web.html", (head + _WEB_STYLE + made.web_html).encode())
    values = {
        "issue": inspection.issue,
        "newsletter": newsletter,
        "problems": problems,
        "errors": sum(p.severity is Severity.ERROR for p in problems),
        "faces": faces,
        "empty": [titles[key] for key in made.empty],
        "html_limit": f"{HTML_LIMIT // 1000} kB",
    }
    page = folder / "index.html"
    write_file(page, templates.render("mail/preview.html.j2", values).encode())
    return page


def review_lines(review: Review) -> Iterator[str]:
    """Yield what an approver must have seen, for the terminal; the fingerprint stands last."""
    frozen, record = review.frozen, review.record
    number = f"第{frozen.number}号" + (f"（{frozen.corrects}の号の訂正）" if frozen.corrects else "")
    yield f"{frozen.title} {number} {frozen.issue_date}  {WORDS[record.state]}（起案 {record.author}）"
    yield f"件名      {frozen.subject}"
    yield f"差出人    {frozen.sender_name} <{frozen.sender_address}>  返信先 {frozen.reply_to}"
    yield f"配信日時  {_moment(record.submit_at or frozen.submit_at)}"
    yield f"宛先      {review.people:,}人{_since_last(review)}"
    yield f"記事      {len(frozen.items)}件"
    for count in review.counts:
        yield f"  {_count_words(count)}"
    yield from _difference_lines(review)
    yield f"指紋      {frozen.fingerprint}"
    if record.state == IssueState.IN_REVIEW:
        where = f"{frozen.newsletter} {frozen.issue_date} --by 氏名"
        yield f"決裁      koho newsletters approve {where} --fingerprint {frozen.fingerprint[:12]}"
        yield f"差戻し    koho newsletters send-back {where} --reason 理由"


def _since_last(review: Review) -> str:
    if review.last is None:
        return "（前の号はありません）"
    return f"（前号 第{review.last.number}号より {review.more:+,}人）"


def _count_words(count: Count) -> str:
    if count.variant is None:
        return f"{count.title}: 記事がないので送りません（{count.people:,}人）"
    more = "" if count.more is None else f"（{count.more:+,}）"
    sizes = f"HTML {_size(count.variant.html)}、テキスト {_size(count.variant.text)}"
    return f"{count.title}: {count.people:,}人{more}、{sizes}"


def _difference_lines(review: Review) -> Iterator[str]:
    if review.earlier is None:
        yield "前の案    ありません（はじめての回議です）"
        return
    before = f"{_moment(review.earlier.at)} {_person(review.earlier)}の案"
    if review.changes is None:
        yield f"前の案    {before}は、この機械にありません。全文を下見で確かめてください"
        return
    yield f"前の案    {before}との違い {len(review.changes)} か所"
    for change in review.changes:
        yield f"  {change.name}: {_change_words(change)}"
        yield from (f"    {line}" for line in change.lines)


def _shortened(lines: list[str], most: int) -> list[str]:
    """Return the first lines and how many more the terminal shows."""
    if len(lines) <= most:
        return lines
    rest = len(lines) - most
    return [*lines[:most], f"ほか{rest}行（全部は koho newsletters review で）"]


def _change_words(change: Change) -> str:
    return f"{change.before} → {change.after}" if change.before else change.after


def approval_sheets(review: Review, templates: Templates) -> list[str]:
    """Return the 起案・決裁 sheet with ever fewer lines of differences, so that one of them fits on a page."""
    return [approval_sheet(review, templates, lines=lines) for lines in SHEET_LINES]


def approval_sheet(review: Review, templates: Templates, *, lines: int = SHEET_LINES[0]) -> str:
    """Return the 起案・決裁 sheet as one printable HTML page."""
    frozen, record, steps = review.frozen, review.record, review.steps
    approval = next((s for s in reversed(steps) if s.action == Action.APPROVE), None)
    valid = approval if approval and record.approved_fingerprint == frozen.fingerprint else None
    drafted = next((s for s in reversed(steps) if s.action == Action.SUBMIT_FOR_APPROVAL), None)
    values = {
        "review": review,
        "frozen": frozen,
        "record": record,
        "subject": frozen.subject,
        "state": WORDS[record.state],
        "submit_at": _moment(record.submit_at or frozen.submit_at),
        "approver": valid.who if valid else "",
        "in_place_of": valid.on_behalf_of if valid else "",
        "approved_at": _moment(valid.at) if valid else "",
        "drafted_at": _moment(drafted.at) if drafted else "",
        "language": {"ja": "日本語", "en": "英語"}.get(frozen.audience.language, frozen.audience.language),
        "since_last": _since_last(review),
        "variants": [_variant_row(count) for count in review.counts],
        "items": [frozen.item_prints[item].split("|", 2)[2] for item in frozen.items],
        "differences": _shortened(list(_difference_lines(review)), lines),
        "steps": [_step_row(step) for step in steps],
        "fonts": safe_html(FONT_STACK),
    }
    return templates.render("mail/sheet.html.j2", values)


def _face_values(title: str, name: str, face: Face) -> Mapping[str, object]:
    return {
        "title": title,
        "file": name,
        "text": face.text,
        "items": face.items,
        "subject": face.subject,
        "html_size": _size(face.html),
        "text_size": _size(face.text),
        "columns": widest_line(face.text)[1],
    }


def _variant_row(count: Count) -> Mapping[str, object]:
    variant = count.variant
    return {
        "title": count.title,
        "subject": variant.subject if variant else "記事がないので送りません",
        "html": _size(variant.html) if variant else "—",
        "text": _size(variant.text) if variant else "—",
        "expected": f"{count.people:,}",
        "difference": "—" if count.more is None else f"{count.more:+,}",
    }


def _size(part: str) -> str:
    return f"{len(part.encode()) / 1000:.1f} kB"


def _step_row(step: Step) -> Mapping[str, str]:
    return {
        "at": _moment(step.at),
        "who": _person(step),
        "what": ACTION_WORDS.get(step.action, step.action),
        "reason": DELIVERY_WORDS.get(step.reason, step.reason),
    }


def _person(step: Step) -> str:
    return f"{step.who}（{step.on_behalf_of}の代決）" if step.on_behalf_of else step.who


def _moment(moment: datetime) -> str:
    return f"{moment.astimezone(TOKYO):%Y-%m-%d %H:%M}"
