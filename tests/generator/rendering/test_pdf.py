"""Paper: Japanese letters, a title and a language in the file, and nothing fetched from outside."""

from __future__ import annotations

import pytest

from generator.errors import SettingsError
from generator.rendering import pdf
from tests.pdf import unpacked

PAGE = '<html lang="ja"><head><title>見本</title></head><body><h1>見本の紙</h1></body></html>'


def test_a_missing_japanese_font_is_said_before_boxes_are_printed(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(pdf, "find_japanese_font", lambda: None)
    with pytest.raises(SettingsError, match="fonts-noto-cjk"):
        pdf.html_to_pdf(PAGE)


@pytest.mark.skipif(pdf.find_japanese_font() is None, reason="no Japanese font on this machine")
def test_a_document_becomes_a_tagged_pdf_in_its_language() -> None:
    pytest.importorskip("weasyprint")
    made = pdf.html_to_pdf(PAGE)
    assert made.startswith(b"%PDF-")
    text = unpacked(made)
    assert b"pdfuaid:part" in text
    assert "見本".encode() in text  # the title stands in the metadata
    assert b"/MarkInfo" in text
    assert b"/Lang (ja)" in text
