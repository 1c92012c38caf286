"""Paper: HTML to an A4 PDF; the only module that knows WeasyPrint."""

from __future__ import annotations

import shutil
import subprocess
from collections.abc import Sequence
from types import ModuleType
from typing import Any

from generator.errors import SettingsError

JAPANESE_FONTS = ("Noto Sans CJK JP", "Noto Sans JP", "IPAexGothic", "Hiragino Sans", "Yu Gothic", "Meiryo")
FONT_STACK = ", ".join(f'"{name}"' for name in JAPANESE_FONTS) + ", sans-serif"
_VARIANT = "pdf/ua-1"


def find_japanese_font() -> str | None:
    """Find a font with Japanese letters through fontconfig; None when there is none, or no fontconfig."""
    program = shutil.which("fc-list")
    if program is None:
        return None
    command = [program, ":lang=ja", "family"]
    listed = subprocess.run(command, capture_output=True, text=True, check=False).stdout  # noqa: S603
    families = {name.strip() for line in listed.splitlines() for name in line.split(",")} - {""}
    return next((name for name in JAPANESE_FONTS if name in families), next(iter(sorted(families)), None))


def require_japanese_font() -> str:
    """Return a Japanese font's name; say at once what to install, rather than print empty boxes."""
    font = find_japanese_font()
    if font is None:
        raise SettingsError(
            "日本語の字体がありません。このままでは□だけが印刷されます。fonts-noto-cjk を入れてください"
            "（apt-get install fonts-noto-cjk）"
        )
    return font


def can_print() -> bool:
    """Say whether this machine can lay out Japanese on paper."""
    try:
        _weasyprint()
    except SettingsError:
        return False
    return find_japanese_font() is not None


def html_to_pdf(html: str) -> bytes:
    """Lay a whole HTML document out on paper as tagged PDF (PDF/UA-1 as far as the library goes).

    The document must carry its styles and pictures itself: nothing is fetched.
    """
    return _write(_lay_out(html))


def first_on_one_sheet(versions: Sequence[str]) -> bytes:
    """Lay out the first of these documents that fits on one sheet; the last one when none does."""
    for html in versions:
        document = _lay_out(html)
        if len(document.pages) == 1:
            break
    return _write(document)


def _lay_out(html: str) -> Any:
    require_japanese_font()
    weasyprint = _weasyprint()
    fetcher = weasyprint.URLFetcher(allowed_protocols=("data",))
    return weasyprint.HTML(string=html, url_fetcher=fetcher).render(pdf_variant=_VARIANT)


def _write(document: Any) -> bytes:
    pdf: bytes = document.write_pdf(pdf_variant=_VARIANT)
    return pdf


def _weasyprint() -> ModuleType:
    try:
        import weasyprint
    except (ImportError, OSError) as error:
        raise SettingsError(
            f"PDFを作る部品がありません（{error}）。pip install 'koho[pdf]' と pango を入れてください"
        ) from None
    module: ModuleType = weasyprint
    return module
