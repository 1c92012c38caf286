"""QR codes as inline SVG; the only module that knows segno."""

from __future__ import annotations

import io

import segno


def qr_svg(text: str, *, title: str) -> str:
    """Draw a QR code (error correction M) as one SVG element with a title for those who cannot see it."""
    out = io.BytesIO()
    segno.make(text, error="m", micro=False).save(
        out, kind="svg", scale=4, border=4, title=title, xmldecl=False, svgclass="qr", lineclass=None
    )
    return out.getvalue().decode()
