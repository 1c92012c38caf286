"""``koho db upgrade`` makes every database and may be run again."""

from __future__ import annotations

import json
from pathlib import Path

from typer.testing import CliRunner

from generator import discovery
from generator.storage import migrations
from generator.storage.commands import app
from tests.builders import make_settings


def test_upgrading_makes_every_database_and_again_changes_nothing(tmp_path: Path) -> None:
    arguments = ["upgrade", "--json", "--project", str(tmp_path)]
    first = CliRunner().invoke(app, arguments)
    again = CliRunner().invoke(app, arguments)
    assert first.exit_code == again.exit_code == 0, first.output
    expected = {schema.name: migrations.newest(schema) for schema in discovery.schemas()}
    assert json.loads(first.stdout) == json.loads(again.stdout) == expected
    assert {"companies", "newsletters"} <= expected.keys()
    for schema in discovery.schemas():
        assert migrations.current(schema, make_settings(tmp_path)) == expected[schema.name]
