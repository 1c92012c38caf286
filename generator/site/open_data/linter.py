"""行政データの機械可読性のルール, as far as a program can test a CSV; every finding names its rule."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, time

from generator.errors import DataError
from generator.site.open_data.dataset import BOM, CellKind, Column, Dataset, has_dependent_letters

_PLACEHOLDERS = {"-", "－", "―", "ー", "N/A", "n/a", "なし", "該当なし", "不明", "null", "None"}
_SAME_AS_ABOVE = {"同上", "〃", "″", "々"}
_NUMBER = re.compile(r"-?\d+(\.\d+)?")
_PHONE = re.compile(r"\+?\d[\d-]{8,}")
_SPACED_OUT = re.compile("[\u3041-\u9fff](?:[ \u3000][\u3041-\u9fff]){2,}")
_MARKS = re.compile(r"[※†‡＊]")
_YEAR_COLUMN = re.compile(r"(19|20)\d\d年|(令和|平成)(元|\d+)年")
_OTHER = {"other", "その他"}


@dataclass(frozen=True, slots=True)
class Finding:
    """One breach: the rule's number, where (row 1 is the header), and what."""

    rule: str
    row: int
    column: str
    message: str

    def __str__(self) -> str:
        place = f"{self.row}行目" + (f"「{self.column}」" if self.column else "")
        return f"{self.rule} {place}: {self.message}"


def lint_dataset(dataset: Dataset) -> list[Finding]:
    """Return every breach of the rules in what would be published."""
    return [*_columns(dataset), *_rows(dataset), *_bytes(dataset)]


def require_readable(dataset: Dataset) -> None:
    """Stop the publication of a dataset that breaks a rule; every breach is told at once."""
    if found := lint_dataset(dataset):
        listed = "\n".join(f"  {finding}" for finding in found)
        raise DataError(f"{dataset.path}: 機械可読性のルールに合いません\n{listed}")


def _columns(dataset: Dataset) -> Iterator[Finding]:
    names = [column.name for column in dataset.columns]
    for index, column in enumerate(dataset.columns, start=1):
        if not column.name.strip():
            yield Finding("L1-05", 1, str(index), "列に名前がありません")
        if names.count(column.name) > 1:
            yield Finding("L2-03", 1, column.name, "同じ名前の列がほかにもあります")
        if _YEAR_COLUMN.search(column.name):
            yield Finding("L3-09", 1, column.name, "年が列になっています。年を値にして縦に並べてください")
        if not column.meaning:
            yield Finding("L3-08", 1, column.name, "列の定義がありません")
        if column.kind is CellKind.NUMBER and not column.unit:
            yield Finding("L3-04", 1, column.name, "数値の単位がありません")
        if column.kind is CellKind.CODE and column.codes not in dataset.codes:
            yield Finding("L3-02", 1, column.name, "コード表がありません")
    if not dataset.has_area:
        yield Finding("L3-06", 1, "", "地域のコードも名前もありません")


def _rows(dataset: Dataset) -> Iterator[Finding]:
    for number, row in enumerate(dataset.cells(), start=2):
        if len(row) != len(dataset.columns):
            yield Finding(
                "L1-02", number, "", f"列の数が {len(row)} です。見出しは {len(dataset.columns)} 列です"
            )
            continue
        for column, text in zip(dataset.columns, row, strict=True):
            for rule, message in _cell(dataset, column, text):
                yield Finding(rule, number, column.name, message)


def _cell(dataset: Dataset, column: Column, text: str) -> Iterator[tuple[str, str]]:
    if not text:
        if column.required:
            yield "L2-02", "値がありません。省かずに書いてください"
        return
    yield from _looks(column, text)
    yield from _written(dataset, column, text)


def _looks(column: Column, text: str) -> Iterator[tuple[str, str]]:
    if text in _SAME_AS_ABOVE:
        yield "L2-02", f"「{text}」と省いています"
    if text in _PLACEHOLDERS:
        yield "L1-09", f"値がないことを「{text}」で表しています。空にしてください"
    if text != text.strip() or _SPACED_OUT.fullmatch(text):
        yield "L1-06", "見た目を整える空白があります"
    if has_dependent_letters(text):
        yield "L1-08", f"機種依存文字があります（{text[:20]}）"
    if "\n" in text or "\r" in text:
        yield "L1-14", "値の中に改行があります"
    if text[0] in "=@" or (column.kind is CellKind.TEXT and text[0] in "+" and text[1:2].isdigit()):
        yield "L2-06", "式と取られる書き方です"
    if _MARKS.match(text):
        yield "L3-03", f"説明のない記号「{text[0]}」があります"


def _written(dataset: Dataset, column: Column, text: str) -> Iterator[tuple[str, str]]:
    kind = column.kind
    if kind is CellKind.NUMBER and not _NUMBER.fullmatch(text):
        yield "L2-01", f"「{text}」は数値ではありません。単位と桁区切りを除いてください"
    if kind in (CellKind.DATE, CellKind.TIME) and not _is_iso(kind, text):
        yield "L3-05", f"「{text}」は標準の書き方ではありません（2023-11-22、13:30）"
    if kind is CellKind.CODE and column.codes in dataset.codes:
        codes = {row[0] for row in dataset.codes[column.codes].rows}
        if text not in codes:
            yield "L2-04", f"「{text}」はコード表 {column.codes} にありません"
        if text in _OTHER:
            yield "L2-05", "「その他」の中身を別の列に書いてください"
    if kind is CellKind.URL and (not text.startswith(("http://", "https://")) or " " in text):
        yield "L1-07", f"「{text}」は一つのURLではありません"
    if kind is CellKind.PHONE and not _PHONE.fullmatch(text):
        yield "L1-07", f"「{text}」は一つの電話番号ではありません"


def _is_iso(kind: CellKind, text: str) -> bool:
    try:
        if kind is CellKind.DATE:
            return date.fromisoformat(text).isoformat() == text
        return f"{time.fromisoformat(text):%H:%M}" == text
    except ValueError:
        return False


def _bytes(dataset: Dataset) -> Iterator[Finding]:
    """Read the very bytes back as a stranger would: encoding, quoting, header, shape."""
    content = dataset.csv()
    if not content.startswith(BOM):
        yield Finding("L1-01", 1, "", "UTF-8（BOM付き）のCSVではありません")
    read = list(csv.reader(io.StringIO(content.decode("utf-8-sig"), newline=""), strict=True))
    if read[0] != [column.name for column in dataset.columns]:
        yield Finding("L3-01", 1, "", "一行目が列の見出しではありません")
    if read[1:] != dataset.cells():
        yield Finding("L1-15", 2, "", "書いたCSVを読み戻すと値が変わります")
