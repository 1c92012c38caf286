"""``koho db``: brings every database that koho keeps up to date."""

from __future__ import annotations

import typer

from generator import discovery
from generator.console import HERE, JsonOption, ProjectOption, QuietOption, out, print_json, settings_of

app = typer.Typer(help="データベースを最新の形にします。", no_args_is_help=True)


@app.callback()
def _group() -> None:
    """データベースを最新の形にします。"""  # shown to staff


@app.command()
def upgrade(
    project: ProjectOption = HERE, *, quiet: QuietOption = False, as_json: JsonOption = False
) -> None:
    """すべてのデータベースを作り、または最新の形に移します。

    何度実行しても同じです。
    """
    from generator.storage import migrations

    settings = settings_of(project)
    done = {schema.name: migrations.upgrade(schema, settings) for schema in discovery.schemas()}
    if as_json:
        print_json(done)
    elif not quiet:
        for name, revision in done.items():
            out.print(f"{name}: 版 {revision}")
