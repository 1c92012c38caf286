"""Styles, scripts and pictures: ours, the theme's prose style below them, and what staff put in content/assets."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from importlib.util import find_spec
from pathlib import Path

from generator.search.browser import compact, pack
from generator.settings import Settings
from generator.site.artifact import Artifact
from generator.site.manifest import digest

_MATERIAL_STYLES = "templates/assets/stylesheets/main.*.min.css"


def site_assets(settings: Settings) -> Iterator[Artifact]:
    """Yield every asset. Style and script carry a digest in their name, so that they may be cached for ever."""
    folder = settings.templates / "site" / "assets"
    packed = pack({path.name: path.read_text(encoding="utf-8") for path in (folder / "search").glob("*.js")})
    yield Artifact(f"assets/search/search-{digest(packed)[:10]}.bin", packed, "asset")
    for path in _files_below(folder):
        name = path.relative_to(folder).as_posix()
        content = path.read_bytes()
        if name == "koho.css":
            content = _layered_material() + content
        if name.startswith("search/") and name.endswith(".js"):
            content = compact(content.decode()).encode()
        if name in {"koho.css", "koho.js"}:
            name = f"{path.stem}-{digest(content)[:10]}{path.suffix}"
        yield Artifact(f"assets/{name}", content, "asset")
    staff = settings.content / "assets"
    for path in _files_below(staff):
        yield Artifact(f"assets/{path.relative_to(staff).as_posix()}", path.read_bytes(), "asset")


def entry_points(files: Iterable[Artifact]) -> dict[str, str]:
    """Return the paths of the one style and the one script that every page loads, and of the packed search."""
    paths = [file.path for file in files]
    return {
        "stylesheet": next(p for p in paths if p.startswith("assets/koho-") and p.endswith(".css")),
        "search": next(p for p in paths if p.startswith("assets/search/search-")),
        "script": next(p for p in paths if p.startswith("assets/koho-") and p.endswith(".js")),
    }


def _files_below(folder: Path) -> list[Path]:
    return sorted(path for path in folder.rglob("*") if path.is_file() and not path.name.startswith("."))


def _layered_material() -> bytes:
    """Return Material's style in a cascade layer, where every rule of ours outranks it."""
    spec = find_spec("material")
    if spec is None or not spec.submodule_search_locations:
        return b""
    package = Path(spec.submodule_search_locations[0])
    style = next(iter(sorted(package.glob(_MATERIAL_STYLES)))).read_text(encoding="utf-8")
    style = style.removeprefix('@charset "UTF-8";').split("/*# sourceMappingURL")[0]
    return f"@layer material{{{style}}}\n".encode()
