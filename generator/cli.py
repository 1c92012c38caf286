"""``koho``: arguments in, one call, exit code out."""

from __future__ import annotations

import sys

import typer

from generator import console, discovery, usage
from generator.errors import ContentError, ExitCode, KohoError

app = typer.Typer(
    name="koho",
    help="公共の支援機関のサイト、企業データベース、メールマガジンを一つの原稿から作ります。",
    no_args_is_help=True,
    rich_markup_mode="rich",
    pretty_exceptions_enable=False,
    add_completion=False,
    context_settings={"help_option_names": ["-h", "--help"]},
)


@app.callback()
def _koho() -> None:
    """Keep ``koho`` a group, however few commands are installed."""


def make_app(first: str = "") -> typer.Typer:
    """Put every room's commands under one name; ``first`` is the word after ``koho``, when it is known.

    An entry point called ``companies`` becomes the group ``koho companies …``; one called ``root-site``
    adds its commands directly: ``koho build``.
    """
    for name, group in discovery.command_groups(first):
        app.add_typer(group, name=None if name.startswith("root-") else name)
    return app


def main() -> None:
    """Run ``koho``; every deliberate error becomes its sentence and its exit code."""
    words = sys.argv[1:]
    try:
        koho = make_app(words[0] if words else "")
        if not words or words[-1] in {"-h", "--help", *(group.name for group in koho.registered_groups)}:
            usage.help_in_japanese()
        sys.exit(koho(standalone_mode=False))
    except typer.TyperException as error:
        if text := usage.explain(error):
            console.err.print(text, markup=False)
        sys.exit(error.exit_code)
    except ContentError as error:
        for problem in error.problems:
            console.err.print(str(problem), markup=False)
        sys.exit(error.exit_code)
    except KohoError as error:
        console.err.print(str(error), markup=False)
        sys.exit(error.exit_code)
    except KeyboardInterrupt:
        console.err.print("中断しました")
        sys.exit(ExitCode.PROBLEMS)
