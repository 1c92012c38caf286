"""The 実績 report of a year: one ledger as rows, CSV and Markdown, each count with its evidence."""

from __future__ import annotations

import csv
import io
from collections.abc import Sequence

from generator.plan.evidence import Evidence
from generator.plan.ledger import Ledger, LedgerLine

COLUMNS = (
    "年度",
    "基準日",
    "区分",
    "事業名",
    "行",
    "計画の内容",
    "目標値",
    "単位",
    "目標の表記",
    "実績値",
    "実績の単位",
    "予定値",
    "進み具合",
    "根拠の件数",
    "根拠",
)
EVIDENCE_COLUMNS = ("年度", "行", "区別", "根拠の名称", "日付", "数", "URL", "出典")
SHOWN_EVIDENCE = 60
METHOD = (
    "催し・号・登録などの実績は、公開した記録から数えました。"
    "人や日などの実績は、職員が台帳から入力した数です。"
)


def ledger_rows(ledger: Ledger, site_url: str) -> list[dict[str, object]]:
    """Return one row a line, ready for JSON: numbers are numbers, evidence has absolute links."""
    return [
        {
            "section": line.section.key,
            "program": line.section.title,
            "key": line.line.key,
            "text": line.line.text,
            "target": line.line.target,
            "unit": line.unit,
            "target_text": line.target_text,
            "ongoing": line.line.ongoing,
            "approximate": line.line.approximate,
            "part_of": line.line.part_of,
            "counts": line.line.counts.value,
            "actual": line.actual,
            "planned": line.planned,
            "expected": line.expected,
            "state": line.pace.value,
            "evidence": [_proof(e, site_url) for e in line.evidence],
            "upcoming": [_proof(e, site_url) for e in line.upcoming],
        }
        for line in ledger.lines
    ]


def _proof(evidence: Evidence, site_url: str) -> dict[str, object]:
    return {
        "label": evidence.label,
        "url": _link(evidence, site_url),
        "day": evidence.day.isoformat() if evidence.day else None,
        "count": evidence.count,
        "source": evidence.source,
    }


def _link(evidence: Evidence, site_url: str) -> str:
    return site_url + evidence.address if evidence.address else ""


def ledger_csv(ledger: Ledger) -> str:
    """Write one row a line; its evidence stands one a row in the evidence table."""
    return _csv(
        COLUMNS,
        [
            (
                ledger.plan.year,
                ledger.on.isoformat(),
                line.section.key,
                line.section.title,
                line.line.key,
                line.line.text,
                line.line.target,
                line.line.unit,
                line.target_text,
                line.actual,
                line.unit if line.actual is not None else "",
                line.planned,
                line.pace.value,
                len(line.evidence),
                line.evidence[0].source if line.evidence and line.evidence[0].source else "evidence.csv",
            )
            for line in ledger.lines
        ],
    )


def evidence_csv(ledger: Ledger, site_url: str) -> str:
    """Write one row a piece of evidence, done and planned apart."""
    rows = [
        (
            ledger.plan.year,
            line.line.key,
            word,
            e.label,
            e.day.isoformat() if e.day else "",
            e.count,
            _link(e, site_url),
            e.source,
        )
        for line in ledger.lines
        for word, group in (("実績", line.evidence), ("予定", line.upcoming))
        for e in group
    ]
    return _csv(EVIDENCE_COLUMNS, rows)


def _csv(header: Sequence[str], rows: Sequence[Sequence[object]]) -> str:
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\r\n")
    writer.writerow(header)
    writer.writerows([("" if cell is None else cell) for cell in row] for row in rows)
    return out.getvalue()


def report_markdown(ledger: Ledger, site_url: str) -> str:
    """Write the report as Markdown: per section its money and its table, then the evidence."""
    day = ledger.on
    parts = [
        f"# {ledger.plan.title} 実績報告",
        f"{day.year}年{day.month}月{day.day}日現在。{METHOD}",
    ]
    if ledger.doubts:
        parts += ["## 確かめること", "\n".join(f"- {doubt}" for doubt in ledger.doubts)]
    for section in ledger.plan.sections:
        lines = [line for line in ledger.lines if line.section.key == section.key]
        parts += _section(lines, site_url)
    return "\n\n".join(parts) + "\n"


def _section(lines: Sequence[LedgerLine], site_url: str) -> list[str]:
    if not lines:
        return []
    section = lines[0].section
    money = [f"財源: {section.funding.ja}"]
    money += [f"所管: {section.funder}"] if section.funder else []
    money += (
        [f"予算額: {section.budget_thousand_yen:,}千円"] if section.budget_thousand_yen is not None else []
    )
    table = ["| 行 | 計画の内容 | 目標 | 実績 | 予定 | 進み具合 | 根拠 |", "|---|---|---:|---:|---:|---|---|"]
    table += [
        f"| {line.line.marker} | {_cell(line.line.text)} | {line.target_text} | {line.actual_text} "
        f"| {f'{line.planned:,}{line.unit}' if line.planned else '―'} | {line.pace} | {_evidence_text(line)} |"
        for line in lines
    ]
    parts = [f"## {section.marker} {section.title}", "、".join(money), "\n".join(table)]
    proofs = [text for line in lines if (text := _evidence_list(line, site_url))]
    return parts + proofs


def _evidence_text(line: LedgerLine) -> str:
    if line.evidence and line.evidence[0].source:
        proof = line.evidence[0]
        day = f"（{proof.day.month}月{proof.day.day}日現在）" if proof.day else ""
        return _cell(proof.label + day)
    return f"{len(line.evidence)}件" if line.evidence else "―"


def _evidence_list(line: LedgerLine, site_url: str) -> str:
    linked = [e for e in line.evidence if e.address]
    if not linked:
        return ""
    rows = [
        f"- {f'{e.day:%Y-%m-%d} ' if e.day else ''}[{_cell(e.label)}]({site_url}{e.address})"
        + (f"（{e.count:,}{line.unit}）" if e.count != 1 else "")
        for e in linked[:SHOWN_EVIDENCE]
    ]
    if len(linked) > SHOWN_EVIDENCE:
        rows.append(f"- ほか{len(linked) - SHOWN_EVIDENCE}件は evidence.csv にあります")
    return f"{line.line.marker} {_cell(line.line.text)}の根拠:\n\n" + "\n".join(rows)


def _cell(text: str) -> str:
    return text.replace("|", "｜").replace("\n", " ").replace("[", "［").replace("]", "］")
