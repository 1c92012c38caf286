"""Company names as people write them: legal forms spelled out, and folded so that variants meet."""

from __future__ import annotations

import re
import unicodedata

_FORMS = {"株": "株式会社", "有": "有限会社", "合": "合資会社", "名": "合名会社", "同": "合同会社"}
_ABBREVIATION = re.compile(r"[(（]([株有合名同])[)）]")
_SQUARED = str.maketrans({"㈱": "株式会社", "㈲": "有限会社", "㈾": "合資会社", "㈴": "合名会社"})
_LEGAL_FORM = re.compile(r"株式会社|有限会社|合資会社|合名会社|合同会社")
_IGNORED = re.compile(r"[\s・.,、。'’\-‐‑–—―−ー]")
_VARIANTS = str.maketrans(
    "髙﨑嵜濵濱邊邉齋齊斉澤廣國眞德嶋嶌冨桒𠮷櫻龍瀧淵渊惠壽榮圓實萬ヶ",
    "高崎崎浜浜辺辺斎斎斎沢広国真徳島島富桑吉桜竜滝渕渕恵寿栄円実万ケ",
)


def spell_out(name: str) -> str:
    """Return a name with its legal form in full: ㈱ and (株) become 株式会社; its kanji stay as they are."""
    spelled = _ABBREVIATION.sub(lambda found: _FORMS[found[1]], name.translate(_SQUARED))
    return " ".join(spelled.replace("\u3000", " ").split())


def fold(name: str) -> str:
    """Return what two spellings of one name share: width, case, kanji variants and legal form do not count."""
    folded = unicodedata.normalize("NFKC", spell_out(name)).casefold().translate(_VARIANTS)
    return _IGNORED.sub("", _LEGAL_FORM.sub("", folded))
