"""Writes the 実績 report: Markdown, HTML, PDF and two CSV files beside each other."""

from __future__ import annotations

from html import escape
from pathlib import Path

from generator.plan.ledger import Ledger
from generator.plan.report import METHOD, evidence_csv, ledger_csv, report_markdown
from generator.plan.table import ledger_html
from generator.rendering.pdf import FONT_STACK, html_to_pdf
from generator.settings import Settings
from generator.storage.files import write_file

_BOM = b"\xef\xbb\xbf"

PAPER_STYLE = """
@page { size: A4; margin: 18mm 15mm 20mm;
  @bottom-center { content: counter(page) " / " counter(pages); font-size: 8pt } }
body { font-family: %s; font-size: 9.5pt; line-height: 1.6; color: #1b2430 }
h1 { font-size: 18pt; margin: 0 0 4mm; border-bottom: 1.5pt solid #12355b; padding-bottom: 2mm }
h2 { font-size: 12pt; margin: 6mm 0 1mm; color: #12355b; break-after: avoid }
p { margin: 0 0 2mm } .plan-money { font-size: 8.5pt; color: #4a5665; break-after: avoid }
.plan-section { break-inside: auto }
.plan-table { width: 100%%; table-layout: fixed; border-collapse: collapse; font-size: 8.5pt }
.plan-table th, .plan-table td { border-bottom: .5pt solid #b9c3ce; padding: 1.2mm 1.5mm; text-align: left;
  vertical-align: top }
.plan-table thead th { background: #eef2f6; font-size: 7.5pt; white-space: nowrap }
.plan-table tr, .plan-table li { break-inside: avoid } .plan-table .plan-long { break-inside: auto }
.plan-table th[scope=row] { font-weight: 400; white-space: nowrap }
.plan-table thead th:nth-child(1) { width: 6mm } .plan-table thead th:nth-child(6) { width: 29mm }
.plan-table thead th:nth-child(n+3):nth-child(-n+4) { width: 16mm } .plan-table thead th:nth-child(5) { width: 22mm }
.plan-table .num { text-align: right; white-space: nowrap }
.plan-table thead th:nth-child(n+3):nth-child(-n+5) { text-align: right }
.plan-source, .plan-table details { font-size: 7.5pt; color: #4a5665 } .plan-table ul { margin: .5mm 0; padding-left: 4mm }
.plan-table summary { list-style: none } a { color: #0a4f8f; text-decoration: none }
.plan-bar { display: block; width: 28mm; height: 2.6mm; margin: .8mm 0 }
.bar-all { fill: #dfe5ec } .bar-done { fill: #0a4f8f } .bar-planned { fill: #8fb8de } .bar-due { fill: #1b2430 }
.visually-hidden { display: none } .pace { white-space: nowrap } .pace-behind { font-weight: 700 }
.doubts { border: 1pt solid #9b1c1c; padding: 2mm 4mm }
@media screen { body { max-width: 64rem; margin: 2rem auto; padding: 0 1rem; font-size: 1rem }
  .plan-scroll { overflow-x: auto } .plan-table { min-width: 44rem; font-size: .9375rem }
  .plan-table thead th:nth-child(n+3) { width: 9em } .plan-table thead th:nth-child(n+3):nth-child(-n+4) { width: 6em }
  .plan-table thead th, .plan-money, .plan-source, .plan-table details { font-size: .8125rem } }
"""


def write_report(ledger: Ledger, settings: Settings, folder: Path) -> list[Path]:
    """Write the report of one ledger into a folder and return its files."""
    html = report_html(ledger, settings)
    files = {
        "report.md": report_markdown(ledger, settings.site_url).encode(),
        "report.html": html.encode(),
        "report.pdf": html_to_pdf(html),
        "ledger.csv": _BOM + ledger_csv(ledger).encode(),
        "evidence.csv": _BOM + evidence_csv(ledger, settings.site_url).encode(),
    }
    for name, content in files.items():
        write_file(folder / name, content)
    return [folder / name for name in files]


def report_html(ledger: Ledger, settings: Settings) -> str:
    """Write the report as one whole HTML document that carries its own style, for screen and paper."""
    title = f"{ledger.plan.title} 実績報告"
    day = ledger.on
    doubts = "".join(f"<li>{escape(doubt)}</li>" for doubt in ledger.doubts)
    return "\n".join(
        [
            '<!doctype html><html lang="ja"><head><meta charset="utf-8">',
            '<meta name="viewport" content="width=device-width,initial-scale=1">',
            f"<title>{escape(title)}</title>",
            f'<meta name="author" content="{escape(settings.organization.name)}">',
            f"<style>{PAPER_STYLE % FONT_STACK}</style></head><body><main>",
            f"<h1>{escape(title)}</h1>",
            f"<p>{escape(settings.organization.name)}　{day.year}年{day.month}月{day.day}日現在</p>",
            f"<p>{METHOD}棒の濃い部分は実績、うすい部分は年度末までの予定、たての線は日割りの目安です。</p>",
            f'<section class="doubts"><h2>確かめること</h2><ul>{doubts}</ul></section>' if doubts else "",
            ledger_html(ledger, settings.site_url),
            "</main></body></html>",
        ]
    )
