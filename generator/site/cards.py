"""Open Graph cards: one picture per room of the site, drawn once and kept by its digest."""

from __future__ import annotations

import io
from collections.abc import Iterator
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING

from generator.rendering.phrases import phrases
from generator.settings import Settings
from generator.site.artifact import Artifact
from generator.site.labels import KIND_LABELS
from generator.site.manifest import digest
from generator.storage.files import write_file

if TYPE_CHECKING:
    from PIL.ImageFont import FreeTypeFont

WIDTH, HEIGHT = 1200, 630  # px, what every service shows
_FONTS = (
    "/usr/share/fonts/opentype/noto/NotoSansCJK-Bold.ttc",
    "/usr/share/fonts/noto-cjk/NotoSansCJK-Bold.ttc",
    "/usr/share/fonts/truetype/fonts-japanese-gothic.ttf",
    "/System/Library/Fonts/ヒラギノ角ゴシック W6.ttc",
    "C:/Windows/Fonts/YuGothB.ttc",
)
_GROUND, _INK, _ACCENT = "#12355b", "#ffffff", "#f3a0c0"
_VERSION = "1"  # change it when the drawing changes


def card_files(settings: Settings) -> Iterator[Artifact]:
    """Yield ``assets/cards/<kind>.png``; nothing where there is no Japanese font to draw with."""
    font = find_card_font()
    if font is None:
        return
    for kind, label in KIND_LABELS.items():
        title = settings.organization.name if kind == "home" else label
        name = "" if kind == "home" else settings.organization.name
        key = digest("\0".join((_VERSION, font, title, name)).encode())
        yield Artifact(
            f"assets/cards/{kind}.png",
            _kept(settings.build / "cards" / f"{key}.png", title, name, font),
            "asset",
        )


def find_card_font() -> str | None:
    """Find a bold Japanese font file."""
    return next((font for font in _FONTS if Path(font).is_file()), None)


def _kept(path: Path, title: str, name: str, font: str) -> bytes:
    if not path.is_file():
        write_file(path, draw_card(title, name, font))
    return path.read_bytes()


def draw_card(title: str, name: str, font: str) -> bytes:
    """Draw one card: the title broken between phrases, the organisation's name below."""
    from PIL import Image, ImageDraw

    image = Image.new("RGB", (WIDTH, HEIGHT), _GROUND)
    draw = ImageDraw.Draw(image)
    lines, letters = _fit(title, font)
    top = (HEIGHT - len(lines) * letters.size * 1.35) / 2 - 30
    for number, line in enumerate(lines):
        draw.text((90, top + number * letters.size * 1.35), line, font=letters, fill=_INK)
    draw.rectangle((90, HEIGHT - 130, 210, HEIGHT - 122), fill=_ACCENT)
    if name:
        draw.text((90, HEIGHT - 100), name, font=_letters(font, 36), fill=_INK)
    out = io.BytesIO()
    image.quantize(32, dither=Image.Dither.NONE).save(out, "PNG")
    return out.getvalue()


def _fit(title: str, font: str) -> tuple[list[str], FreeTypeFont]:
    """Break a title into lines at the largest size at which at most three lines hold it."""
    for size in (96, 80, 64, 52):
        letters = _letters(font, size)
        lines = [""]
        for piece in phrases(title):
            if lines[-1] and letters.getlength(lines[-1] + piece) > WIDTH - 180:
                lines.append("")
            lines[-1] += piece
        if len(lines) <= 3 and all(letters.getlength(line) <= WIDTH - 180 for line in lines):
            break
    return lines, letters


@lru_cache(maxsize=8)
def _letters(font: str, size: int) -> FreeTypeFont:
    from PIL import ImageFont

    return ImageFont.truetype(font, size)
