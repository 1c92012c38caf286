"""The only module that knows MkDocs: it hands over finished Markdown and takes back HTML.

MkDocs sees a document only when that document, the theme or the configuration changed; no page stands in its
navigation, so each page depends on nothing but itself and the chrome around it.
"""

from __future__ import annotations

import logging
import os
import shutil
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from importlib.metadata import version
from pathlib import Path

import yaml

from generator.errors import SettingsError
from generator.rendering.templates import TEMPLATE_ERROR
from generator.settings import Settings
from generator.site.artifact import Artifact
from generator.site.manifest import digest, read_manifest, sync_folder, write_manifest
from generator.storage.files import write_file

_RENDERED_SUFFIX = "index.html"


@dataclass(frozen=True, slots=True)
class Rendering:
    """The HTML of every document by its path on the language's site, and how many MkDocs had to render."""

    pages: Mapping[str, bytes]
    rendered: int


def render_documents(
    settings: Settings, language: str, docs: Sequence[Artifact], chrome: Mapping[str, object]
) -> Rendering:
    """Wrap every document in the theme; only the changed ones pass through MkDocs.

    Afterwards build/docs/<language> holds the Markdown and build/rendered/<language> the HTML.
    """
    contents = {doc.path: doc.content for doc in docs}
    sync_folder(settings.build / "docs" / language, contents, settings.build / f"docs-{language}.json")
    config = _configuration(settings, language, chrome)
    theme = _theme_digest(settings, language, chrome)
    wanted = {path: digest(theme.encode() + content) for path, content in contents.items()}
    folder = settings.build / "rendered" / language
    known_path = settings.build / f"rendered-{language}.json"
    known = read_manifest(known_path)
    stale = [p for p in wanted if known.get(p) != wanted[p] or not (folder / _html_path(p)).is_file()]
    if stale:
        _run_mkdocs(settings, language, config, {path: contents[path] for path in stale})
    write_manifest(known_path, wanted)
    return Rendering({_html_path(p): (folder / _html_path(p)).read_bytes() for p in wanted}, len(stale))


def _html_path(document: str) -> str:
    return document.removesuffix("index.md") + _RENDERED_SUFFIX


def _configuration(settings: Settings, language: str, chrome: Mapping[str, object]) -> dict[str, object]:
    prefix = "" if language == "ja" else f"{language}/"
    return {
        "INHERIT": str(settings.project / "mkdocs.yml"),
        "site_url": settings.site_url + prefix,
        "docs_dir": str(settings.build / "stage" / language / "docs"),
        "site_dir": str(settings.build / "stage" / language / "site"),
        "theme": {
            "name": "material",
            "language": language,
            "custom_dir": str(settings.templates / "site"),
            "font": False,
        },
        "extra": dict(chrome),
    }


def _theme_digest(settings: Settings, language: str, chrome: Mapping[str, object]) -> str:
    """Change whenever anything around a document's own words may look different, wherever the project lies."""
    around = {"site_url": settings.site_url, "language": language, "chrome": dict(chrome)}
    around |= {package: version(package) for package in ("mkdocs", "mkdocs-material")}
    parts = [yaml.safe_dump(around, allow_unicode=True).encode()]
    parts.append((settings.project / "mkdocs.yml").read_bytes())
    parts += [path.read_bytes() for path in sorted((settings.templates / "site").rglob("*.html"))]
    return digest(b"\0".join(parts))


def _run_mkdocs(
    settings: Settings, language: str, config: Mapping[str, object], docs: Mapping[str, bytes]
) -> None:
    stage = settings.build / "stage" / language
    shutil.rmtree(stage, ignore_errors=True)
    for path, content in docs.items():
        write_file(stage / "docs" / path, content)
    config_path = settings.build / f"mkdocs-{language}.yml"
    write_file(config_path, yaml.safe_dump(dict(config), allow_unicode=True, sort_keys=False).encode())
    _build(config_path)
    for path in docs:
        html = stage / "site" / _html_path(path)
        write_file(settings.build / "rendered" / language / _html_path(path), html.read_bytes())
    shutil.rmtree(stage, ignore_errors=True)


def _build(config_path: Path) -> None:
    os.environ.setdefault("NO_MKDOCS_2_WARNING", "1")
    from mkdocs.commands.build import build
    from mkdocs.config import load_config
    from mkdocs.exceptions import MkDocsException

    logging.getLogger("mkdocs").setLevel(logging.ERROR)
    try:
        build(load_config(config_file=str(config_path)))
    except (MkDocsException, TEMPLATE_ERROR) as error:
        raise SettingsError(f"mkdocs.yml または templates/site: MkDocs が止まりました（{error}）") from error
