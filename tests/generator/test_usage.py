"""A command typed wrongly is answered in Japanese, with the way it is written and where its help is."""

from __future__ import annotations

import re
from collections.abc import Iterator
from enum import StrEnum
from pathlib import Path
from typing import Annotated, Any
from unicodedata import east_asian_width

import pytest
import typer

from generator import usage
from generator.cli import main, make_app


class Shape(StrEnum):
    TABLE = "table"
    CSV = "csv"


app = typer.Typer()


@app.command()
def show(
    name: Annotated[str, typer.Argument(metavar="NAME")],
    port: Annotated[int, typer.Option(min=1)] = 1,
    shape: Shape = Shape.TABLE,
    file: Annotated[Path | None, typer.Option(exists=True, dir_okay=False)] = None,
) -> None:
    """Show a thing."""


@app.command()
def hide() -> None:
    """Hide a thing."""


@pytest.mark.parametrize(
    ("typed", "said"),
    [
        (["shw", "x"], "「shw」という命令はありません。もしかして 'show'"),
        (["zzzz"], "「zzzz」という命令はありません"),
        (["show"], "NAME がありません"),
        (["show", "x", "--prt", "1"], "--prt という指定はありません。もしかして --port"),
        (["show", "x", "--port"], "--port のあとに値がありません"),
        (["show", "x", "--port", "a"], "--port: 数で書いてください"),
        (["show", "x", "--port", "0"], "--port: 1 以上の数で書いてください"),
        (["show", "x", "--shape", "c"], "--shape: 「c」は選べません。選べるのは 'table', 'csv'"),
        (["show", "x", "--file", "/nowhere"], "--file: 「/nowhere」が見つかりません"),
        (["show", "x", "--file", "/tmp"], "--file: 「/tmp」はフォルダーです。ファイルを指定してください"),
        (["hide", "y"], "余分な言葉があります: y"),
    ],
)
def test_what_was_typed_wrongly_is_said_in_japanese(typed: list[str], said: str) -> None:
    with pytest.raises(typer.TyperException) as caught:
        app(typed, standalone_mode=False)
    assert usage.explain(caught.value).splitlines()[0] == said


def test_the_answer_ends_with_how_to_write_it_and_where_its_help_is() -> None:
    with pytest.raises(typer.TyperException) as caught:
        app(["show"], prog_name="koho", standalone_mode=False)
    assert usage.explain(caught.value).splitlines()[1:] == [
        "書き方: koho show [OPTIONS] {NAME}",
        "説明は koho show --help で出ます",
    ]


def test_every_command_says_in_one_line_of_a_terminal_what_it_does() -> None:
    def too_long(group: Any, path: str) -> Iterator[str]:
        room = 80 - 8 - max(map(len, group.commands))
        for name, command in group.commands.items():
            short = (command.help or "").split("\n\n")[0]
            if not short or sum(1 + (east_asian_width(c) in "WFA") for c in short) > room:
                yield f"{path} {name}: {short}"
            if hasattr(command, "commands"):
                yield from too_long(command, f"{path} {name}")

    assert list(too_long(typer.main.get_command(make_app()), "koho")) == []


def test_koho_ends_with_the_usage_code(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr("sys.argv", ["koho", "bild"])
    with pytest.raises(SystemExit) as ended:
        main()
    assert ended.value.code == 2
    assert "「bild」という命令はありません" in capsys.readouterr().err


@pytest.mark.parametrize(
    "typed", [[], ["--help"], ["flyer", "-h"], ["companies"], ["companies", "import", "--help"]]
)
def test_help_has_no_english_around_our_words(
    typed: list[str], monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr("sys.argv", ["koho", *typed])
    with pytest.raises(SystemExit):
        main()
    said = capsys.readouterr().out
    assert f"書き方: {' '.join(['koho', *(word for word in typed if word[0] != '-')])}" in said
    assert "この説明を出す" in said
    assert not re.search(r"Usage|Show this|Options|Commands|Arguments|default|required", said)
