"""What people look at before they decide: the preview with all faces side by side, and the 起案・決裁 sheet."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from pathlib import Path

from generator.clock import TOKYO
from generator.errors import Problem, Severity
from generator.rendering.pdf import FONT_STACK
from generator.rendering.templates import Templates, safe_html
from generator.storage.files import write_file
from newsletters.approval import WORDS, Action
from newsletters.declaration import Newsletter
from newsletters.issue.checks import Inspection
from newsletters.issue.frozen import ALL, FrozenIssue
from newsletters.issue.rendering import Face, widest_line
from newsletters.store import Record, Step

_ACTIONS: dict[str, str] = {
    Action.SUBMIT_FOR_APPROVAL: "起案",
    Action.APPROVE: "決裁",
    Action.SEND_BACK: "差戻し",
    Action.REJECT: "却下",
    Action.RETURN: "回議へ戻す",
    Action.SCHEDULE: "配信の予約",
    Action.RESCHEDULE: "予約の変更",
    Action.CANCEL: "取りやめ",
    Action.PREPARE: "宛先の確定",
    Action.START: "配信の開始",
    Action.FINISH: "配信の完了",
    Action.FAIL: "配信の失敗",
}


def write_preview(
    folder: Path, inspection: Inspection, problems: Sequence[Problem], templates: Templates
) -> Path:
    """Write the preview page and the faces it shows; return the page."""
    folder.mkdir(parents=True, exist_ok=True)
    newsletter, made = inspection.newsletter, inspection.typeset
    faces = []
    for position, (key, face) in enumerate(made.faces.items(), 1):
        name = f"variant-{position}.html"
        write_file(folder / name, face.html.encode())
        faces.append(_face_values(variant_title(key, newsletter), name, face))
    web = f"<!doctype html><html lang={newsletter.language}><meta charset=utf-8><title>web</title>{made.web_html}"
    write_file(folder / "web.html", web.encode())
    values = {
        "issue": inspection.issue,
        "newsletter": newsletter,
        "problems": problems,
        "errors": sum(p.severity is Severity.ERROR for p in problems),
        "faces": faces,
    }
    page = folder / "index.html"
    write_file(page, templates.render("mail/preview.html.j2", values).encode())
    return page


def variant_title(key: str, newsletter: Newsletter) -> str:
    """Name a variant as its readers chose it."""
    titles = {choice.key: choice.title for choice in newsletter.choices}
    return "すべての分野" if key == ALL else "＋".join(titles.get(part, part) for part in key.split("+"))


def approval_sheet(
    frozen: FrozenIssue,
    record: Record,
    steps: Sequence[Step],
    before: FrozenIssue | None,
    *,
    newsletter: Newsletter,
    templates: Templates,
) -> str:
    """Return the 起案・決裁 sheet as one printable HTML page."""
    approval = next((s for s in reversed(steps) if s.action == Action.APPROVE), None)
    valid = approval if approval and record.approved_fingerprint == frozen.fingerprint else None
    first = steps[0] if steps else None
    values = {
        "frozen": frozen,
        "record": record,
        "subject": next((v.subject for v in frozen.variants.values()), ""),
        "state": WORDS[record.state],
        "submit_at": _moment(record.submit_at or frozen.submit_at),
        "approver": _person(valid) if valid else "",
        "approved_at": _moment(valid.at) if valid else "",
        "drafted_at": _moment(first.at) if first else "",
        "variants": [_variant_row(key, frozen, before, newsletter) for key in frozen.variants],
        "items": [frozen.item_prints[item].split("|", 2)[2] for item in frozen.items],
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
        "html_size": f"{len(face.html.encode()):,}",
        "text_size": f"{len(face.text.encode()):,}",
        "columns": widest_line(face.text)[1],
    }


def _variant_row(
    key: str, frozen: FrozenIssue, before: FrozenIssue | None, newsletter: Newsletter
) -> Mapping[str, object]:
    variant = frozen.variants[key]
    count = frozen.expected.get(key, 0)
    return {
        "title": variant_title(key, newsletter),
        "subject": variant.subject,
        "html": f"{len(variant.html.encode()):,} B",
        "text": f"{len(variant.text.encode()):,} B",
        "expected": f"{count:,}",
        "difference": f"{count - before.expected.get(key, 0):+,}" if before else "—",
    }


def _step_row(step: Step) -> Mapping[str, str]:
    return {
        "at": _moment(step.at),
        "who": _person(step),
        "what": _ACTIONS.get(step.action, step.action),
        "reason": step.reason,
    }


def _person(step: Step) -> str:
    return f"{step.who}（{step.on_behalf_of}の代決）" if step.on_behalf_of else step.who


def _moment(moment: datetime) -> str:
    return f"{moment.astimezone(TOKYO):%Y-%m-%d %H:%M}"
