"""A member's page as it would be, for the company itself: the real page's own body, where nothing leads away."""

from __future__ import annotations

import re

from company_db.directory_row import DirectoryRow
from company_db.pages.look import Look
from company_db.pages.member_page import member_article
from company_db.pages.words import WORDS
from generator.content.company import CompanyProfile
from generator.rendering.templates import safe_html
from generator.settings import Settings

_LINK = re.compile(r'(<a\b[^>]*?) href="[^"]*"')
_PHOTO = re.compile(r'src="[^"]*/photos/[^"/]*/([0-9a-f]{32})-s\.webp"')
_LOWER = str.maketrans({"1": "3", "2": "4"})


def previews(profile: CompanyProfile, settings: Settings, photo_page: str) -> dict[str, str]:
    """Return the page's body in each language, as HTML; photos come from ``photo_page`` by their digest."""
    look = Look.without_shells(settings, settings.as_of())
    row = _row_of(profile)
    photo = photo_page.replace("&", "&amp;")
    found = {}
    for language, words in WORDS.items():
        html = _LINK.sub(r"\1", member_article(row, profile, (), look, words))
        html = _PHOTO.sub(rf'src="{photo}&amp;d=\1"', html)
        html = re.sub(r"(</?h)([12])\b", lambda tag: tag[1] + tag[2].translate(_LOWER), html)
        found[language] = safe_html(html)
    return found


def _row_of(profile: CompanyProfile) -> DirectoryRow:
    """Return the row that the directory would show for a profile."""
    empty = dict.fromkeys(DirectoryRow._fields, "")
    known = {
        name: getattr(profile, name) for name in ("key", "name", "kana", "name_en", "postal_code", "address")
    }
    more = {"municipality_code": profile.municipality_code, "member": True, "seq": 0}
    return DirectoryRow(**(empty | known | more))
