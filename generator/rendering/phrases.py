"""Where a Japanese heading may break: between phrases, never inside a term of ours. Sole user of BudouX."""

from __future__ import annotations

import itertools
import re
from functools import lru_cache
from html import escape
from typing import Protocol

PROTECTED_TERMS = (
    "中小企業",
    "小規模事業者",
    "ものづくり",
    "よろず支援拠点",
    "海外展開",
    "販路開拓",
    "支援メニュー",
    "企業データベース",
    "メールマガジン",
    "知財総合支援窓口",
    "開放特許",
    "受発注",
    "展示商談会",
    "下請かけこみ寺",
    "グローバル推進機構",
    "持続化補助金",
    "次の一歩",
    "自治体標準オープンデータセット",
    "推奨データセット",
)
"""Words that must not be cut; the model alone would cut 中小企業の after 中 and ものづくり after もの."""

_NUMBERED = r"第\d+[回号期]|\d+月\d+日|[\d,]+[年月日時分回号件社名人日円]|[\d,]+[万億千]円"
"""A number stays with its word: 第511号, 12月15日, 250万円."""

_ORDINAL = re.compile(r"第\d+[回号期]")

_TERMS = re.compile("|".join([*map(re.escape, sorted(PROTECTED_TERMS, key=len, reverse=True)), _NUMBERED]))


LONG = 12
"""Pieces of more characters than this may also break where katakana begins."""

_KATAKANA_BEGINS = re.compile("[\u4e00-\u9fff](?=[\u30a1-\u30fa])")


class _Splitter(Protocol):
    def parse(self, sentence: str) -> list[str]: ...


def phrases(text: str) -> list[str]:
    """Split a heading into the pieces between which it may break; joined they are the text."""
    cuts = set()
    position = 0
    for piece in _parser().parse(text) if text else []:
        position += len(piece)
        cuts.add(position)
    cuts |= _katakana_in_long_pieces([0, *sorted(cuts | {len(text)})], text)
    for term in _TERMS.finditer(text):
        cuts -= set(range(term.start() + 1, term.end()))
    edges = [0, *sorted(cuts | {len(text)})]
    return [text[a:b] for a, b in itertools.pairwise(edges) if b > a]


def _katakana_in_long_pieces(edges: list[int], text: str) -> set[int]:
    """Return where katakana begins in pieces too long for a phone's line: 経営革新|フォローアップ専門家派遣事業."""
    starts = {match.end() for match in _KATAKANA_BEGINS.finditer(text)}
    return {p for a, b in itertools.pairwise(edges) if b - a > LONG for p in starts if a < p < b}


def phrased_html(text: str) -> str:
    """Return the escaped text with ``<wbr>`` between its phrases; the style sets ``word-break: keep-all``.

    ``keep-all`` still lets a line end between a letter and a digit, so a numbered word is held together by its own.
    """
    return "<wbr>".join(
        _ORDINAL.sub(r'<span class="k-nb">\g<0></span>', escape(piece)) for piece in phrases(text)
    )


@lru_cache(maxsize=1)
def _parser() -> _Splitter:
    import budoux

    parser: _Splitter = budoux.load_default_japanese_parser()
    return parser
