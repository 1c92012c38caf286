"""Photos from the public: whatever is sent, a clean picture comes out, or a plain sentence."""

from __future__ import annotations

import io
import struct
import zlib
from pathlib import Path
from typing import Any

import pytest
from PIL import Image, ImageFile

from generator.forms import photo
from generator.forms.photo import MOST_BYTES, REFUSALS, clean_photo
from generator.rendering.pictures import Fault, PhotoRefusedError, remake_photo

ROOT = Path(__file__).parents[3]


def picture(size: tuple[int, int] = (800, 600), kind: str = "JPEG", mode: str = "RGB", **more: Any) -> bytes:
    """Return a photo: dark above, light below."""
    image = Image.new(mode, size, 30 if mode == "L" else (30, 30, 30, 255)[: len(mode)])
    image.paste(200 if mode == "L" else (200, 200, 200, 255)[: len(mode)], (0, size[1] // 2, *size))
    out = io.BytesIO()
    image.save(out, kind, **more)
    return out.getvalue()


def located(orientation: int) -> bytes:
    exif = Image.Exif()
    exif[0x0112] = orientation
    exif[0x010F] = "secret maker"
    exif.get_ifd(0x8825).update({1: "N", 2: (36.0, 20.0, 30.0)})
    return picture(exif=exif)


def png_of(width: int, height: int, *, data: bytes = b"") -> bytes:
    def chunk(kind: bytes, body: bytes) -> bytes:
        return struct.pack(">I", len(body)) + kind + body + struct.pack(">I", zlib.crc32(kind + body))

    head = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", head) + chunk(b"IDAT", data) + chunk(b"IEND", b"")


def opened(data: bytes) -> Image.Image:
    return Image.open(io.BytesIO(data))


def moving(kind: str) -> bytes:
    frames = [Image.new("RGB", (300, 300), colour) for colour in ("red", "blue")]
    out = io.BytesIO()
    frames[0].save(out, kind, save_all=True, append_images=frames[1:], duration=100)
    return out.getvalue()


@pytest.mark.parametrize("kind", ["JPEG", "PNG", "WEBP"])
def test_a_photo_is_made_anew_in_two_sizes_by_the_child(kind: str) -> None:
    made = clean_photo(picture((2400, 1800), kind))
    assert (made.width, made.height) == (1600, 1200)
    assert [(opened(data).format, opened(data).size) for data in (made.large, made.small)] == [
        ("WEBP", (1600, 1200)),
        ("WEBP", (640, 480)),
    ]
    assert len(made.small) <= 60_000


def test_nothing_of_place_or_camera_stays_and_the_photo_stands_upright() -> None:
    data = located(6)  # the camera was turned: the picture's top is its right side
    assert b"secret maker" in data
    made = remake_photo(data)
    assert (made.width, made.height) == (600, 800)
    for result in (made.large, made.small):
        image = opened(result)
        assert b"secret maker" not in result
        assert not set(image.info) & {"exif", "xmp", "icc_profile", "gps"}
        assert len(image.getexif()) == 0
    left, right = (opened(made.large).convert("L").getpixel((x, 400)) for x in (50, 550))
    assert isinstance(left, int)
    assert isinstance(right, int)
    assert left > right


def test_what_hides_behind_a_photo_stays_behind() -> None:
    hidden = b"<script>alert(1)</script>PK\x03\x04" * 50
    made = remake_photo(picture() + hidden)
    assert b"script" not in made.large + made.small
    assert b"PK\x03\x04" not in made.large + made.small


@pytest.mark.parametrize("mode", ["L", "RGBA", "CMYK", "P", "1", "I;16", "LA"])
def test_every_kind_of_pixel_becomes_plain_colour(mode: str) -> None:
    kind = "JPEG" if mode == "CMYK" else "PNG"
    image = Image.new("RGB", (300, 300), "white")
    image = image.convert("I").convert("I;16") if mode == "I;16" else image.convert(mode)
    out = io.BytesIO()
    image.save(out, kind)
    assert opened(remake_photo(out.getvalue()).large).mode == "RGB"


def test_what_is_clear_becomes_white() -> None:
    out = io.BytesIO()
    Image.new("RGBA", (300, 300), (0, 0, 0, 0)).save(out, "PNG")
    shade = opened(remake_photo(out.getvalue()).large).convert("L").getpixel((10, 10))
    assert isinstance(shade, int)
    assert shade > 250


HOSTILE = {
    "svg": (b'<svg xmlns="http://www.w3.org/2000/svg"><script>1</script></svg>', Fault.TYPE),
    "html": (b"<!doctype html><p>no photo</p>", Fault.TYPE),
    "empty": (b"", Fault.TYPE),
    "gif": (b"GIF89a" + b"\0" * 40, Fault.TYPE),
    "pdf": (b"%PDF-1.7\n", Fault.TYPE),
    "a hundred megapixels": (png_of(10_000, 10_000), Fault.PIXELS),
    "bomb": (png_of(60_000, 60_000, data=zlib.compress(b"\0" * 1_000_000)), Fault.PIXELS),
    "truncated": (picture((1200, 900), "JPEG", quality=95)[:3_000], Fault.BROKEN),
    "cut png": (picture((1200, 900), "PNG")[:300], Fault.BROKEN),
    "png without pixels": (png_of(500, 500), Fault.BROKEN),
    "magic alone": (b"\xff\xd8\xff\xe0" + b"\0" * 200, Fault.TYPE),
    "tiny": (picture((60, 60)), Fault.SMALL),
    "moving png": (moving("PNG"), Fault.ANIMATED),
    "moving webp": (moving("WEBP"), Fault.ANIMATED),
}


def test_a_cut_file_is_refused_even_where_the_printer_has_allowed_them(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(ImageFile, "LOAD_TRUNCATED_IMAGES", True)
    with pytest.raises(PhotoRefusedError):
        remake_photo(HOSTILE["truncated"][0])


@pytest.mark.parametrize("name", HOSTILE)
def test_a_hostile_file_is_refused_with_its_reason(name: str) -> None:
    data, fault = HOSTILE[name]
    with pytest.raises(PhotoRefusedError) as caught:
        remake_photo(data)
    assert caught.value.fault is fault


def test_every_changed_byte_of_a_photo_makes_a_photo_or_a_refusal() -> None:
    data, made, refused = picture((240, 220), "PNG"), 0, 0
    for place in range(0, len(data), 3):
        try:
            made += bool(remake_photo(data[:place] + bytes([data[place] ^ 0x55]) + data[place + 1 :]).large)
        except PhotoRefusedError:
            refused += 1
    assert refused > 10
    assert made + refused == len(range(0, len(data), 3))


def test_a_refusal_comes_back_from_the_child() -> None:
    with pytest.raises(PhotoRefusedError) as caught:
        clean_photo(HOSTILE["bomb"][0])
    assert caught.value.fault is Fault.PIXELS


def test_more_than_five_megabytes_never_reach_the_child(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(photo, "_asked_child", lambda _: pytest.fail("asked"))
    with pytest.raises(PhotoRefusedError) as caught:
        clean_photo(b"\0" * (MOST_BYTES + 1))
    assert caught.value.fault is Fault.BYTES


def test_a_child_that_needs_too_long_is_stopped(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(photo, "SECONDS", 0.0)
    with pytest.raises(PhotoRefusedError) as caught:
        clean_photo(picture())
    assert caught.value.fault is Fault.BROKEN


def test_a_child_that_dies_is_a_refusal(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(photo, "sys", type("S", (), {"executable": "/bin/false"}))
    with pytest.raises(PhotoRefusedError) as caught:
        clean_photo(picture())
    assert caught.value.fault is Fault.BROKEN


def test_the_child_takes_its_limits_and_knows_no_secret(monkeypatch: pytest.MonkeyPatch) -> None:
    import subprocess
    import sys

    told = "import os, resource; from generator.forms.photo_child import take_limits; take_limits(); "
    told += "print(resource.getrlimit(resource.RLIMIT_AS)[0], resource.getrlimit(resource.RLIMIT_CPU)[0], dict(os.environ))"
    monkeypatch.setenv("KOHO_SECRET_KEYS", "k" * 40)
    real, seen = subprocess.run, {}

    def run(command: list[str], **given: Any) -> Any:
        seen.update(given)
        return real(command, **given)

    monkeypatch.setattr(photo.subprocess, "run", run)
    clean_photo(picture())
    answer = real([sys.executable, "-I", "-c", told], env=seen["env"], capture_output=True, check=True)
    assert answer.stdout.startswith(b"1073741824 10 ")
    assert b"KOHO" not in answer.stdout


def test_every_refusal_has_words_in_both_languages() -> None:
    assert all(set(words) == set(Fault) for words in REFUSALS.values())
