"""The one module that knows Pillow: draws the cards of shared links, and makes photos from outside our own."""

from __future__ import annotations

import io
from dataclasses import dataclass
from enum import StrEnum
from functools import lru_cache
from typing import TYPE_CHECKING

from generator.rendering.phrases import phrases

if TYPE_CHECKING:
    from PIL.Image import Image as Picture
    from PIL.ImageFont import FreeTypeFont

WIDTH, HEIGHT = 1200, 630  # px of a card, what every service shows
_GROUND, _INK, _ACCENT = "#12355b", "#ffffff", "#f3a0c0"

PHOTO_FORMATS = ("JPEG", "PNG", "WEBP")
MOST_PIXELS = 50_000_000  # of a photo; a telephone's largest have 50 million
LEAST_SIDE = 200  # px
LARGE_SIDE, LARGE_BYTES = 1600, 400_000
SMALL_SIDE, SMALL_BYTES = 640, 60_000


class Fault(StrEnum):
    """Why a photo is not taken."""

    TYPE = "type"
    BYTES = "bytes"
    PIXELS = "pixels"
    SMALL = "small"
    ANIMATED = "animated"
    BROKEN = "broken"


class PhotoRefusedError(Exception):
    """A photo that is not taken, and why."""

    def __init__(self, fault: Fault) -> None:
        super().__init__(fault.value)
        self.fault = fault


@dataclass(frozen=True, slots=True)
class CleanPhoto:
    """A photo as we made it anew (WebP): pixels only, upright, in sRGB; in two sizes."""

    width: int  # px of the large one
    height: int
    large: bytes
    small: bytes


def remake_photo(data: bytes) -> CleanPhoto:
    """Decode a photo and encode its pixels anew; raise ``PhotoRefusedError``. Foreign bytes: run it in a limited process."""
    from PIL import Image

    image = _opened(data)
    try:
        image.draft("RGB", (LARGE_SIDE, LARGE_SIDE))  # a JPEG is decoded small at once
        image.load()
        image.thumbnail((LARGE_SIDE, LARGE_SIDE), reducing_gap=2.0)
        large = Image.new("RGB", (upright := _flat(_turned(image))).size)
        large.paste(upright)  # what was written around the pixels stays behind
    except MemoryError:
        raise PhotoRefusedError(Fault.PIXELS) from None
    except Exception:  # noqa: BLE001  # decoders raise anything on broken bytes
        raise PhotoRefusedError(Fault.BROKEN) from None
    small = large.copy()
    small.thumbnail((SMALL_SIDE, SMALL_SIDE))
    return CleanPhoto(*large.size, _encoded(large, LARGE_BYTES), _encoded(small, SMALL_BYTES))


def _opened(data: bytes) -> Picture:
    from PIL import Image, ImageFile, UnidentifiedImageError

    Image.MAX_IMAGE_PIXELS = None  # counted here, before a pixel is decoded
    ImageFile.LOAD_TRUNCATED_IMAGES = (
        False  # the printer allows them, for the whole process, once it is loaded
    )
    try:
        image = Image.open(io.BytesIO(data), formats=PHOTO_FORMATS)
    except UnidentifiedImageError:
        raise PhotoRefusedError(Fault.TYPE) from None
    except Exception:  # noqa: BLE001
        raise PhotoRefusedError(Fault.BROKEN) from None
    width, height = image.size
    if width * height > MOST_PIXELS:
        raise PhotoRefusedError(Fault.PIXELS)
    if min(width, height) < LEAST_SIDE:
        raise PhotoRefusedError(Fault.SMALL)
    if image.format in PHOTO_FORMATS and getattr(
        image, "is_animated", False
    ):  # MPO, many phones' JPEG, is a photo
        raise PhotoRefusedError(Fault.ANIMATED)
    return image


def _turned(image: Picture) -> Picture:
    """Apply the camera's orientation; unreadable EXIF turns nothing."""
    from PIL import ImageOps

    try:
        return ImageOps.exif_transpose(image)
    except Exception:  # noqa: BLE001
        return image


def _flat(image: Picture) -> Picture:
    """Return RGB in sRGB, with what was transparent white."""
    from PIL import Image, ImageCms

    if image.has_transparency_data:
        clear = image.convert("RGBA")
        return Image.alpha_composite(Image.new("RGBA", clear.size, "white"), clear).convert("RGB")
    profile = image.info.get("icc_profile")
    if profile and image.mode in {"RGB", "CMYK"}:
        try:
            source, target = ImageCms.ImageCmsProfile(io.BytesIO(profile)), ImageCms.createProfile("sRGB")
            turned = ImageCms.profileToProfile(image, source, target, outputMode="RGB")
        except (ImageCms.PyCMSError, OSError):
            turned = None
        image = turned or image
    return image.convert("RGB")


def _encoded(image: Picture, most_bytes: int) -> bytes:
    """Encode as WebP, plainer until it is small enough."""
    for quality in (80, 65, 50, 35, 20):
        out = io.BytesIO()
        image.save(out, "WEBP", quality=quality, method=4)
        if out.tell() <= most_bytes:
            break
    return out.getvalue()


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
    image.quantize(32, Image.Quantize.FASTOCTREE, dither=Image.Dither.NONE).save(out, "PNG")
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
