"""``koho inquiries``: what was asked, and what could not be handed to the mail."""

from __future__ import annotations

import typer
from rich.table import Table
from rich.text import Text

from generator import console
from generator.console import HERE, JsonOption, ProjectOption
from generator.inquiries.store import InquiryStore
from generator.registrations.tables import registrations_url
from generator.storage.database import open_database

app = typer.Typer(help="サイトからの問い合わせを見ます。", no_args_is_help=True)


@app.callback()
def _group() -> None:
    """Keep this a group of commands."""


@app.command("list", rich_help_panel="問い合わせ")
def list_inquiries(project: ProjectOption = HERE, as_json: JsonOption = False) -> None:
    """問い合わせを古い順に並べます。

    メールに渡せなかったものには印が付きます。
    """
    settings = console.settings_of(project)
    found = InquiryStore(open_database(registrations_url(settings))).all()
    if as_json:
        console.print_json(
            [
                {"id": one.id, "at": one.at, "about": one.inquiry.about, "forwarded": one.is_forwarded}
                for one in found
            ]
        )
        return
    table = Table("番号", "日時（UTC）", "会社", "何について", "メール", show_edge=False)
    for one in found:
        mail = "渡しました" if one.is_forwarded else "渡せていません"
        cells = (str(one.id), one.at, one.inquiry.company, " ".join(one.inquiry.about), mail)
        table.add_row(*(Text(cell) for cell in cells))
    console.out.print(table)
