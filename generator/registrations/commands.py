"""``koho events``: who has registered, as numbers for the terminal and a list for the organiser."""

from __future__ import annotations

from collections import Counter
from pathlib import Path
from typing import Annotated

import typer
from rich.table import Table

from generator import console, discovery
from generator.console import HERE, JsonOption, ProjectOption
from generator.content.library import load_library
from generator.content.model import Event
from generator.errors import DataError
from generator.forms.spreadsheet import write_csv
from generator.registrations.store import Registration, RegistrationState, RegistrationStore
from generator.registrations.tables import registrations_url
from generator.settings import Settings
from generator.storage.database import open_database

app = typer.Typer(help="催しの申込を見ます。", no_args_is_help=True)
_WORDS = {
    RegistrationState.REGISTERED: "申込",
    RegistrationState.WAITING: "キャンセル待ち",
    RegistrationState.CANCELLED: "取り消し",
}
HEADER = ("番号", "状態", "申込日時", "名前", "会社", "メールアドレス", "電話", "人数", "連絡事項")


def _events(settings: Settings) -> tuple[Event, ...]:
    return load_library(discovery.sources(), settings, settings.as_of()).all(Event)


@app.command("list", rich_help_panel="催し")
def list_events(project: ProjectOption = HERE, as_json: JsonOption = False) -> None:
    """これからの催しの申込数を、定員とともに一覧にします。"""
    settings = console.settings_of(project)
    store = RegistrationStore(open_database(registrations_url(settings)))
    rows = []
    for event in _events(settings):
        if event.ends.date() >= settings.as_of():
            count: Counter[RegistrationState] = Counter()
            for one in store.list_of(event.address):
                count[one.state] += one.request.people
            rows.append((event, count))
    if as_json:
        console.print_json(
            [{"event": event.address, "capacity": event.capacity, **count} for event, count in rows]
        )
        return
    table = Table("日", "催し", "定員", "申込", "キャンセル待ち", show_edge=False)
    for event, count in sorted(rows, key=lambda row: row[0].starts):
        numbers = (
            str(event.capacity or "―"),
            str(count[RegistrationState.REGISTERED]),
            str(count[RegistrationState.WAITING]),
        )
        table.add_row(f"{event.starts:%m/%d}", event.title, *numbers)
    console.out.print(table)


@app.command("export", rich_help_panel="催し")
def export(
    slug: Annotated[str, typer.Argument(metavar="SLUG", help="催しのファイルの名前")],
    file: Annotated[Path, typer.Argument(metavar="FILE", help="書き出すCSV")],
    project: ProjectOption = HERE,
) -> None:
    """一つの催しの申込者をCSVに書き出します。

    個人情報です。扱いに注意してください。
    """
    settings = console.settings_of(project)
    event = next((event for event in _events(settings) if event.slug == slug), None)
    if event is None:
        raise DataError(f"{slug}: その催しはありません。content/events/ のファイルの名前を指定してください")
    found = RegistrationStore(open_database(registrations_url(settings))).list_of(event.address)
    file.touch(mode=0o600)
    file.write_bytes(write_csv(HEADER, [cells_of(one) for one in found]))
    console.out.print(f"{len(found)} 件を {file} に書き出しました", markup=False)


def cells_of(one: Registration) -> tuple[object, ...]:
    """Return a registration as one row of the organiser's list, under ``HEADER``."""
    asked = one.request
    return (
        one.id,
        _WORDS[one.state],
        one.at,
        asked.name,
        asked.company,
        asked.address,
        asked.telephone,
        asked.people,
        asked.note,
    )
