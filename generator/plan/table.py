"""The ledger as HTML: an accessible table with an inline-SVG bar beside each target, for page and report."""

from __future__ import annotations

from collections.abc import Iterator
from html import escape

from generator.plan.evidence import Evidence
from generator.plan.ledger import Ledger, LedgerLine, Pace
from generator.plan.model import PlanSection
from generator.rendering.phrases import phrased_html

BAR_WIDTH = 120  # px in the drawing's own units
SHAPES = {Pace.REACHED: "●", Pace.AHEAD: "▲", Pace.ON_TRACK: "○", Pace.BEHIND: "▼"}
"""A state is never colour alone: each has its shape beside its word."""


SHORT_LIST = 8  # on paper a line with no more evidence than this stays on one sheet


def ledger_html(ledger: Ledger, root: str) -> str:
    """Return one section after another, each with its money, its table and its evidence; ``root`` leads to the site's root."""
    return "\n".join(part for section in ledger.plan.sections for part in _section(ledger, section, root))


def _section(ledger: Ledger, section: PlanSection, root: str) -> Iterator[str]:
    lines = [line for line in ledger.lines if line.section.key == section.key]
    anchor = f"s{section.key}"
    yield f'<section class="plan-section" aria-labelledby="{anchor}">'
    yield f'<h2 id="{anchor}">{escape(section.marker)} <wbr>{phrased_html(section.title)}</h2>'
    yield f'<p class="plan-money">{escape(money_text(section))}</p>'
    if lines:
        yield '<div class="plan-scroll"><table class="plan-table">'
        yield f'<caption class="visually-hidden">{escape(section.title)}の目標と実績</caption>'
        heads = ("行", "計画の内容", "目標", "実績", "年度末までの予定", "進み具合")
        yield "<thead><tr>" + "".join(f'<th scope="col">{h}</th>' for h in heads) + "</tr></thead><tbody>"
        yield from (_row(line, root) for line in lines)
        yield "</tbody></table></div>"
    yield "</section>"


def money_text(section: PlanSection) -> str:
    """Say who pays and how much, as the plan does."""
    parts = [f"財源: {section.funding.ja}"]
    if section.funder:
        parts.append(f"所管: {section.funder}")
    if section.budget_thousand_yen is not None:
        parts.append(f"予算額: {section.budget_thousand_yen:,}千円")
    if section.grants_thousand_yen is not None:
        parts.append(f"うち助成額: {section.grants_thousand_yen:,}千円")
    return "　".join(parts)


def _row(line: LedgerLine, root: str) -> str:
    planned = f"{line.planned:,}{line.unit}" if line.planned else "―"
    cells = [
        f'<th scope="row">{escape(line.line.marker)}</th>',
        f'<td data-label="計画の内容">{escape(line.line.text)}{_evidence(line, root)}</td>',
        f'<td data-label="目標" class="num">{escape(line.target_text)}</td>',
        f'<td data-label="実績" class="num">{escape(line.actual_text)}</td>',
        f'<td data-label="年度末までの予定" class="num">{escape(planned)}</td>',
        f'<td data-label="進み具合">{progress_svg(line)}{_pace_word(line)}</td>',
    ]
    long = len(line.evidence) + len(line.upcoming) > SHORT_LIST
    return (
        f'<tr id="l{escape(line.line.key)}"{" class=plan-long" if long else ""}>' + "".join(cells) + "</tr>"
    )


def _pace_word(line: LedgerLine) -> str:
    shape = SHAPES.get(line.pace, "")
    mark = f'<span aria-hidden="true">{shape}</span> ' if shape else ""
    return f'<span class="pace pace-{line.pace.name.lower().replace("_", "-")}">{mark}{line.pace}</span>'


def progress_svg(line: LedgerLine) -> str:
    """Draw target against actual; the numbers stand in the cells beside it, so the drawing is silent."""
    if line.share is None or line.line.target is None:
        return ""
    done = round(min(line.share, 1.0) * BAR_WIDTH, 1)
    planned = round(min(line.planned / line.line.target, 1.0 - min(line.share, 1.0)) * BAR_WIDTH, 1)
    due = round(min((line.expected or 0) / line.line.target, 1.0) * BAR_WIDTH, 1)
    return (
        f'<svg class="plan-bar" viewBox="0 0 {BAR_WIDTH} 12" width="{BAR_WIDTH}" height="12" aria-hidden="true" '
        'focusable="false">'
        f'<rect class="bar-all" fill="#dfe5ec" width="{BAR_WIDTH}" height="12" rx="2"/>'
        f'<rect class="bar-done" fill="#0a4f8f" width="{done}" height="12" rx="2"/>'
        f'<rect class="bar-planned" fill="#8fb8de" x="{done}" width="{planned}" height="12"/>'
        f'<rect class="bar-due" fill="#1b2430" x="{max(0.0, due - 1)}" width="2" height="12"/></svg>'
    )


def _evidence(line: LedgerLine, root: str) -> str:
    """Fold the evidence under its line; a staff register is named instead."""
    if not line.evidence and not line.upcoming:
        return ""
    if line.evidence and line.evidence[0].source:
        proof = line.evidence[0]
        day = f"（{proof.day.year}年{proof.day.month}月{proof.day.day}日現在）" if proof.day else ""
        return f'<div class="plan-source">{escape("出典: " + proof.source + day)}</div>'
    items = [_item(e, root, line.unit) for e in line.evidence]
    items += [_item(e, root, line.unit, word="予定 ") for e in line.upcoming if e.is_public]
    summary = f"根拠 {len(line.evidence)}件" + (f"、予定 {len(line.upcoming)}件" if line.upcoming else "")
    return f"<details><summary>{summary}</summary><ul>{''.join(items)}</ul></details>"


def _item(evidence: Evidence, root: str, unit: str, *, word: str = "") -> str:
    day = (
        f'<time datetime="{evidence.day}">{evidence.day.month}月{evidence.day.day}日</time> '
        if evidence.day
        else ""
    )
    label = escape(evidence.label)
    link = f'<a href="{escape(root + evidence.address)}">{label}</a>' if evidence.address else label
    count = f"（{evidence.count:,}{unit}）" if evidence.count != 1 else ""
    return f"<li>{word}{day}{link}{count}</li>"
