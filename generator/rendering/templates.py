"""Our own templates, strict: an unknown name is an error, and HTML is escaped."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from pathlib import Path

from jinja2 import (
    Environment,
    FileSystemBytecodeCache,
    FileSystemLoader,
    StrictUndefined,
    pass_context,
    select_autoescape,
)
from jinja2.exceptions import TemplateError
from jinja2.runtime import Context
from markupsafe import Markup

from generator.errors import SettingsError
from generator.rendering.filters import FILTERS
from generator.rendering.phrases import phrased_html, phrases

TEMPLATE_ERROR = TemplateError
"""What a template engine raises; for the renderer's border, which draws the theme's templates itself."""


class Templates:
    """Templates from one or more folders (the first that has a name wins); ``compiled`` keeps them for the next run."""

    def __init__(
        self,
        folders: Iterable[Path],
        shared: Mapping[str, object] | None = None,
        *,
        compiled: Path | None = None,
    ) -> None:
        if compiled:
            compiled.mkdir(parents=True, exist_ok=True)
        self._environment = Environment(
            loader=FileSystemLoader([str(folder) for folder in folders]),
            autoescape=select_autoescape(
                ("html", "html.j2", "xml", "xml.j2"), default_for_string=True, default=False
            ),
            undefined=StrictUndefined,
            trim_blocks=True,
            lstrip_blocks=True,
            keep_trailing_newline=True,
            auto_reload=False,
            bytecode_cache=FileSystemBytecodeCache(str(compiled)) if compiled else None,
        )
        filters: dict[str, Callable[..., object]] = {
            **FILTERS,
            "phrases": phrases,
            "phrased": lambda text: safe_html(phrased_html(text)),
        }
        self._environment.filters.update({name: _unfolded(f) for name, f in filters.items()})
        self._environment.globals.update(shared or {})

    def render(self, name: str, values: Mapping[str, object]) -> str:
        """Render a template; ``SettingsError`` names the template and what is wrong with it."""
        try:
            return self._environment.get_template(name).render(values)
        except TemplateError as error:
            line = getattr(error, "lineno", None)
            place = f"templates: {name}" + (f":{line}" if line else "")
            raise SettingsError(f"{place}: テンプレートを描けません（{error}）") from error


def _unfolded(function: Callable[..., object]) -> Callable[..., object]:
    """Keep the engine from working a filter out while it compiles: what is kept must not outlive our own code."""

    @pass_context
    def at_run_time(_context: Context, *arguments: object, **named: object) -> object:
        return function(*arguments, **named)

    return at_run_time


def safe_html(html: str) -> str:
    """Mark HTML that we made ourselves as finished, so that templates do not escape it again."""
    return Markup(html)  # noqa: S704 - made by our own renderer from staff's files
