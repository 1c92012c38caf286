"""Compressing as the browser's ``deflate-raw`` reads it."""

from __future__ import annotations

import zlib


def pack_text(data: bytes) -> bytes:
    """Compress what is said again later."""
    packer = zlib.compressobj(9, zlib.DEFLATED, -15, 9)
    return packer.compress(data) + packer.flush()


def pack_numbers(data: bytes) -> bytes:
    """Compress columns of numbers, in which only runs and rare bytes count: a looking-back costs more than it saves."""
    packer = zlib.compressobj(1, zlib.DEFLATED, -15, 9, zlib.Z_RLE)
    return packer.compress(data) + packer.flush()


def unpack(data: bytes) -> bytes:
    """Return what was compressed."""
    return zlib.decompress(data, -15)
