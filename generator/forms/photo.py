"""Photos from the public: read in a process of their own that may use little, and made anew."""

from __future__ import annotations

import subprocess
import sys
import threading
from collections.abc import Mapping

from generator.rendering.pictures import CleanPhoto, Fault, PhotoRefusedError

MOST_BYTES = 5 * 1024 * 1024  # of one photo as it is sent
ACCEPTED = "image/jpeg,image/png,image/webp"  # for the file chooser
SECONDS = 60.0  # for one photo on a busy machine; what it may compute is limited in the child
_AT_ONCE = threading.BoundedSemaphore(2)

REFUSALS: Mapping[str, Mapping[Fault, str]] = {
    "ja": {
        Fault.TYPE: "JPEG・PNG・WebPの写真を選んでください",
        Fault.BYTES: "写真は5MBまでです。小さくして選び直してください",
        Fault.PIXELS: "写真が大きすぎます（5,000万画素まで）。小さくして選び直してください",
        Fault.SMALL: "写真が小さすぎます。縦も横も200画素以上のものを選んでください",
        Fault.ANIMATED: "動く画像は使えません。写真を選んでください",
        Fault.BROKEN: "写真を読めませんでした。別の写真を選ぶか、保存し直してお試しください",
    },
    "en": {
        Fault.TYPE: "Choose a photo in JPEG, PNG or WebP",
        Fault.BYTES: "A photo may have up to 5 MB. Make it smaller and choose it again",
        Fault.PIXELS: "The photo is too large (up to 50 megapixels). Make it smaller and choose it again",
        Fault.SMALL: "The photo is too small. Choose one of at least 200 pixels in height and width",
        Fault.ANIMATED: "Moving pictures cannot be used. Choose a still photo",
        Fault.BROKEN: "We could not read the photo. Choose another one, or save it anew and try again",
    },
}


def clean_photo(data: bytes) -> CleanPhoto:
    """Return a photo made anew from its pixels; raise ``PhotoRefusedError`` with the reason.

    The bytes meet a decoder only in a child process without our environment, with limits on memory and time.
    """
    if len(data) > MOST_BYTES:
        raise PhotoRefusedError(Fault.BYTES)
    with _AT_ONCE:
        answer = _asked_child(data)
    head, _, rest = answer.partition(b"\n")
    match head.split():
        case [b"photo", width, height, length]:
            large = int(length)
            return CleanPhoto(int(width), int(height), rest[:large], rest[large:])
        case [b"refused", fault]:
            raise PhotoRefusedError(Fault(fault.decode()))
        case _:  # it crashed or was stopped at a limit
            raise PhotoRefusedError(Fault.BROKEN)


def _asked_child(data: bytes) -> bytes:
    command = [sys.executable, "-I", "-m", "generator.forms.photo_child"]
    try:
        done = subprocess.run(command, input=data, capture_output=True, check=False, timeout=SECONDS, env={})  # noqa: S603  # fixed program, no shell
    except subprocess.TimeoutExpired:
        return b""
    return done.stdout if done.returncode == 0 else b""
