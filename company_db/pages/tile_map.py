"""The prefecture as a schematic map of square tiles, one a municipality; drawn by hand for this project.

Not derived from any survey or boundary data: the tiles keep neighbours near each other, nothing more.
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache

from company_db.pages.names import names
from company_db.pages.words import WORDS, Words

COLUMNS, ROWS = 8, 9

_DRAWING = """
.....      08364 .     08215
.....      08225 08212 08214
.....      08310 08226 08202
....       08216 08201 08221 08341
. 08207 08227 08231 08205 08236 08302 08309
08204 08521 08210 08220 08203 08230 08233 08234
08542 08546 08211 08235 08443 08442 08223 08222
. 08228 08224 08219 08208 08229 . 08232
...        08217 08564 08447
"""


def _read(drawing: str) -> dict[str, tuple[int, int]]:
    places: dict[str, tuple[int, int]] = {}
    for row, line in enumerate(drawing.strip().splitlines()):
        column = 0
        for cell in line.split():
            if cell.isdigit():
                places[cell] = (column, row)
            column += 1 if cell.isdigit() else len(cell)
    return places


TILES: Mapping[str, tuple[int, int]] = _read(_DRAWING)
"""Column and row of each municipality, from the north-west."""

MAP_FILE = "companies/map.svg"
"""The tiles without words, once for all pages that only point at one of them."""


def background() -> bytes:
    """Return the map file."""
    tiles = "".join(f'<rect x="{x + 0.05:g}" y="{y + 0.05:g}"/>' for x, y in TILES.values())
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {COLUMNS} {ROWS}">'
        f"<style>rect{{width:.9px;height:.9px;rx:.12px;fill:#b9c7d6}}</style>{tiles}</svg>"
    ).encode()


def pointer(code: str, root: str, words: Words) -> str:
    """Return the small map of one municipality within the prefecture; empty outside it."""
    return _pointer(code, root, words.language) if code in TILES else ""


@cache
def _pointer(code: str, root: str, language: str) -> str:
    x, y = TILES[code]
    label = WORDS[language].map_of.format(names("municipality", language)[code])
    return (
        f'<svg class="d-pin" viewBox="0 0 {COLUMNS} {ROWS}" role="img" aria-label="{label}">'
        f'<image href="{root}{MAP_FILE}" width="{COLUMNS}" height="{ROWS}"/>'
        f'<rect x="{x}" y="{y}" width="1" height="1" rx=".15"/></svg>'
    )


def chooser(counts: Mapping[str, int], root: str, words: Words) -> str:
    """Return the map whose tiles lead to the lists; darker tiles hold more companies."""
    largest = max(counts.values(), default=1) or 1
    tiles = "".join(
        _tile(
            code, counts.get(code, 0), largest, f"{root}{words.prefix}companies/municipality/{code}/", words
        )
        for code in sorted(TILES, key=lambda code: (TILES[code][1], TILES[code][0]))
    )
    return (
        f'<svg class="d-map" viewBox="0 0 {COLUMNS * 100} {ROWS * 100}" role="group" '
        f'aria-label="{words.map_title}">{tiles}</svg>'
    )


def _tile(code: str, count: int, largest: int, href: str, words: Words) -> str:
    x, y = (100 * place for place in TILES[code])
    name = names("municipality", words.language)[code]
    depth = 0 if not count else min(4, 1 + 4 * count // (largest + 1))
    lines = _lines(name, words.language)
    size = min(30 if words.language == "ja" else 24, *(_fit(line, words.language) for line in lines))
    first = 50 - (len(lines) - 1) * size // 2 - 6
    text = "".join(
        f'<text x="{x + 50}" y="{y + first + place * (size + 2)}" font-size="{size}">{line}</text>'
        for place, line in enumerate(lines)
    )
    return (
        f'<a href="{href}" aria-label="{name} {count:,} {words.companies}"><rect class="d-m{depth}" x="{x + 2}" '
        f'y="{y + 2}" width="96" height="96" rx="8"/>{text}'
        f'<text class="d-n" x="{x + 50}" y="{y + 88}">{count:,}</text></a>'
    )


_BROKEN = {
    "常陸太田市": ("常陸", "太田"),
    "常陸大宮市": ("常陸", "大宮"),
    "ひたちなか市": ("ひたち", "なか"),
    "かすみがうら市": ("かすみ", "がうら"),
    "つくばみらい市": ("つくば", "みらい"),
    "Hitachinaka": ("Hitachi-", "naka"),
    "Hitachiota": ("Hitachi-", "ota"),
    "Hitachiomiya": ("Hitachi-", "omiya"),
    "Kasumigaura": ("Kasumi-", "gaura"),
    "Tsukubamirai": ("Tsukuba-", "mirai"),
    "Kitaibaraki": ("Kita-", "ibaraki"),
}


def _lines(name: str, language: str) -> tuple[str, ...]:
    if name in _BROKEN:
        return _BROKEN[name]
    return (name[:-1] if language == "ja" else name,)


def _fit(line: str, language: str) -> int:
    return 92 // len(line) if language == "ja" else int(92 / (0.56 * len(line)))
