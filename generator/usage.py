"""What ``koho`` says in Japanese when a command was typed wrongly, and the Japanese words around its help."""

from __future__ import annotations

import re
from functools import partialmethod
from typing import Any

import typer

_WORDS = (
    (r"No such command '(.+?)'\. Did you mean (.+)\?", "「{0}」という命令はありません。もしかして {1}"),
    (r"No such command '(.+?)'\.", "「{0}」という命令はありません"),
    (r"No such option: (\S+)", "{0} という指定はありません"),
    (r"Input should be a valid (?:integer|number).*", "数で書いてください"),
    (r"Input should be greater than or equal to (.+)", "{0} 以上の数で書いてください"),
    (r"Input should be less than or equal to (.+)", "{0} 以下の数で書いてください"),
    (r"(?:Value error, )?'(.*)' is not one of (.+)\.", "「{0}」は選べません。選べるのは {1}"),
    (r"'(.*)' does not match the formats? (.+)\.", "「{0}」は日付として読めません。書き方は {1}"),
    (r"\w+ '(.*)' does not exist\.", "「{0}」が見つかりません"),
    (r"\w+ '(.*)' is a directory\.", "「{0}」はフォルダーです。ファイルを指定してください"),
    (r"\w+ '(.*)' is a file\.", "「{0}」はファイルです。フォルダーを指定してください"),
    (r"Option '(\S+)' requires an argument\.", "{0} のあとに値がありません"),
    (r"Option '(\S+)' does not take a value\.", "{0} には値を付けません"),
    (r"Got unexpected extra argument\(s\) \((.+)\)", "余分な言葉があります: {0}"),
    (r"Missing command\.", "命令がありません"),
)


def help_in_japanese() -> None:
    """Print every help page with Japanese words around ours; loads what prints them, so only where help is asked for."""
    from typer import rich_utils

    rich_utils.ARGUMENTS_PANEL_TITLE = "引数"
    rich_utils.OPTIONS_PANEL_TITLE = "指定"
    rich_utils.COMMANDS_PANEL_TITLE = "命令"
    rich_utils.DEFAULT_STRING = "［はじめの値: {}］"
    rich_utils.REQUIRED_LONG_STRING = "［必須］"
    print_help = rich_utils.rich_format_help

    def print_japanese_help(*, obj: Any, ctx: Any, markup_mode: Any) -> None:
        write_usage = partialmethod(ctx.formatter_class.write_usage, prefix="書き方: ")
        ctx.formatter_class = type("JapaneseFormatter", (ctx.formatter_class,), {"write_usage": write_usage})
        obj.get_help_option(ctx).help = "この説明を出す"
        print_help(obj=obj, ctx=ctx, markup_mode=markup_mode)

    rich_utils.rich_format_help = print_japanese_help


def explain(error: typer.TyperException) -> str:
    """Return what was typed wrongly, how the command is written, and where its help is."""
    context = getattr(error, "ctx", None)
    if not error.message and not isinstance(error, typer.BadParameter):
        return ""  # a group without a command has shown its help
    if context is None:
        return _problem(error)
    usage = context.get_usage().removeprefix("Usage: ")
    return f"{_problem(error)}\n書き方: {usage}\n説明は {context.command_path} --help で出ます"


def _problem(error: typer.TyperException) -> str:
    said = _in_japanese(error.message)
    if isinstance(error, typer.BadParameter):
        name = error.param.get_error_hint().replace("'", "") if error.param else error.param_hint or ""
        return f"{name}: {said}" if said else f"{name} がありません"
    possible = getattr(error, "possibilities", None)
    return f"{said}。もしかして {'、'.join(sorted(possible))}" if possible else said


def _in_japanese(message: str) -> str:
    for pattern, words in _WORDS:
        if found := re.fullmatch(pattern, message):
            return words.format(*found.groups())
    return message
