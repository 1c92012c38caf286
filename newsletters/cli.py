"""``koho newsletters``: every command, in the order in which an issue meets them."""

from __future__ import annotations

import typer

from newsletters.approval_commands import app as approval_app
from newsletters.delivery.commands import app as delivery_app
from newsletters.draft_commands import app as draft_app
from newsletters.overview_commands import app as overview_app

app = typer.Typer(help="メールマガジン: 発行日、起案、下見、決裁、予約、配信", no_args_is_help=True)
for part in (overview_app, draft_app, approval_app, delivery_app):
    app.add_typer(part)
