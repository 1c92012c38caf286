"""The rendered shells of a build, kept beside the site for whatever stamps pages later."""

from __future__ import annotations

from collections.abc import Mapping

from generator.errors import SettingsError
from generator.settings import Settings
from generator.site.shell import Shell
from generator.storage.files import write_file

LANGUAGES = ("ja", "en")


def save_shells(settings: Settings, pages: Mapping[str, bytes]) -> dict[str, Shell]:
    """Store the rendered shell page of each language in build/shells; not published."""
    for language, html in pages.items():
        path = settings.build / "shells" / f"{language}.html"
        if not path.is_file() or path.read_bytes() != html:
            write_file(path, html)
    return {language: Shell.from_html(html.decode()) for language, html in pages.items()}


def load_shells(settings: Settings) -> dict[str, Shell]:
    """Read the shells of the last build; ``SettingsError`` when there was none."""
    folder = settings.build / "shells"
    try:
        return {name: Shell.from_html((folder / f"{name}.html").read_text("utf-8")) for name in LANGUAGES}
    except FileNotFoundError as error:
        raise SettingsError(
            f"{error.filename}: ページの枠がありません。先に koho build をしてください"
        ) from None
