"""The columns of a member's sheet: header, other headers for the same, and how a cell is read and written."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date
from functools import partial
from typing import Any

from company_db.classification import codes
from company_db.classification.codes import CodeEntry
from company_db.intake import cells, cleaning
from company_db.intake.names import spell_out
from company_db.model import PUBLISHABLE_FIELDS, CompanyRecord

CLEAR = "（空にする）"
"""What to write in a cell to empty a field; an empty cell leaves it as it is."""


@dataclass(frozen=True, slots=True)
class Column:
    """One column: the record's field, its header, and both directions of its cell."""

    field: str
    header: str
    read: Callable[[str], Any]
    write: Callable[[Any], str] = str
    aliases: tuple[str, ...] = ()
    choices: tuple[
        str, ...
    ] = ()  # for the drop-down of the template; with a hint, only what a cell may begin with
    hint: str = ""


def _names(entries: Mapping[str, CodeEntry]) -> tuple[str, ...]:
    return tuple(entry.ja for entry in entries.values())


def _parts_column(
    field: str,
    header: str,
    read: Callable[[str], Any],
    write: Callable[[Any], str],
    hint: str,
    choices: tuple[str, ...] = (),
) -> Column:
    return Column(
        field,
        header,
        lambda text: tuple(read(line) for line in cells.lines(text)),
        lambda value: "\n".join(map(write, value)),
        choices=choices,
        hint=hint,
    )


def _codes_column(field: str, header: str, entries: Mapping[str, CodeEntry], *aliases: str) -> Column:
    return Column(
        field,
        header,
        partial(cells.read_codes, entries),
        partial(cells.write_codes, entries),
        aliases,
        _names(entries),
        "複数は改行か「、」で区切る",
    )


def _text(field: str, header: str, *aliases: str) -> Column:
    return Column(field, header, cleaning.one_line, aliases=aliases)


def _long(field: str, header: str, *aliases: str) -> Column:
    return Column(field, header, str.strip, aliases=aliases)


def _list(field: str, header: str, *aliases: str) -> Column:
    return Column(field, header, cleaning.parts, "\n".join, aliases, hint="複数は改行か「、」で区切る")


def _day(value: date | None) -> str:
    return "" if value is None else value.isoformat()


def _flag(value: bool | None) -> str:  # noqa: FBT001  # a cell's value, not a switch
    return "" if value is None else ("はい" if value else "いいえ")


def _number(value: int | None) -> str:
    return "" if value is None else str(value)


_WITHOUT_COLUMN = {"写真": "photos", "補助金の採択": "subsidies"}


def _consent_words() -> dict[str, str]:
    headers = {column.header: column.field for column in COLUMNS if column.field in PUBLISHABLE_FIELDS}
    return headers | _WITHOUT_COLUMN


def _read_consent(text: str) -> frozenset[str]:
    if text.strip() == "すべて":
        return PUBLISHABLE_FIELDS
    words = _consent_words()
    unknown = [part for part in cleaning.parts(text) if part not in words]
    if unknown:
        raise ValueError(f"「{unknown[0]}」という項目はありません。列の見出しか「すべて」を書いてください")
    return frozenset(words[part] for part in cleaning.parts(text))


def _write_consent(value: frozenset[str]) -> str:
    if value >= PUBLISHABLE_FIELDS:
        return "すべて"
    return "\n".join(word for word, field in _consent_words().items() if field in value)


COLUMNS: tuple[Column, ...] = (
    Column(
        "key",
        "法人番号",
        cleaning.company_key,
        aliases=("法人番号（13桁）", "番号", "独自番号"),
        hint="個人の方で番号がまだなければ「新規」",
    ),
    Column(
        "name",
        "名称",
        lambda text: spell_out(cleaning.one_line(text)),
        aliases=("企業名", "会社名", "商号", "商号又は名称", "事業者名"),
    ),
    Column("kana", "フリガナ", cleaning.kana, aliases=("カナ", "ふりがな", "名称カナ")),
    _text("name_en", "英語名", "名称（英語）", "英文名称"),
    _text("headline", "一言紹介", "キャッチコピー"),
    _text("headline_en", "一言紹介（英語）"),
    _text("representative", "代表者", "代表者名", "代表者氏名"),
    Column("postal_code", "郵便番号", cleaning.postal_code, aliases=("〒",)),
    _text("address", "所在地", "住所", "本社所在地"),
    _text("address_en", "所在地（英語）"),
    Column(
        "municipality_code",
        "市町村",
        cleaning.municipality,
        lambda code: codes.municipalities()[code].ja,
        ("市区町村", "団体コード", "市町村コード"),
        tuple(m.ja for m in codes.municipalities().values()),
    ),
    _text("factory_address", "工場所在地", "工場住所"),
    Column("telephone", "電話番号", cleaning.telephone, aliases=("電話", "TEL", "代表電話")),
    Column("url", "ウェブサイト", cleaning.plain, aliases=("URL", "ホームページ", "HP")),
    _text("contact_person", "担当者", "担当者名"),
    Column("contact_email", "連絡先メール", cleaning.plain, aliases=("メール", "メールアドレス", "E-mail")),
    Column("founded", "設立", cleaning.founded, aliases=("設立年月日", "創業", "設立年")),
    Column("capital_yen", "資本金（円）", cleaning.yen, _number, ("資本金",)),
    Column("employees", "従業員数", cleaning.count, _number, ("従業員", "社員数")),
    _codes_column("industries", "業種", codes.industries(), "業種（中分類）", "日本標準産業分類"),
    _long("business", "事業概要", "事業内容"),
    _long("business_en", "事業概要（英語）"),
    _parts_column(
        "capabilities",
        "加工内容",
        cells.read_capability,
        cells.write_capability,
        "一行に 方法｜材質、材質｜最大サイズ｜最小サイズ｜精度｜ロット｜最小数",
        _names(codes.processes()),
    ),
    _parts_column(
        "equipment",
        "保有設備",
        cells.read_equipment,
        cells.write_equipment,
        "一行に 名称｜メーカー｜型式｜台数｜能力｜検査（検査設備なら）｜英語名",
    ),
    _parts_column(
        "certifications",
        "認証",
        cells.read_certification,
        cells.write_certification,
        "一行に 認証｜番号｜有効期限",
        _names(codes.certifications()),
    ),
    _parts_column(
        "products",
        "製品・サービス",
        cells.read_product,
        cells.write_product,
        "一行に 名称｜英語名｜製造・販売・サービス｜説明｜説明（英語）",
    ),
    _list("customers", "主要取引先", "取引先"),
    _list("patents", "特許"),
    _list("strengths", "得意分野", "強み"),
    _long("pr", "PR", "ＰＲ", "PR文", "自社PR"),
    _long("pr_en", "PR（英語）"),
    _codes_column("languages", "対応言語", codes.languages()),
    _codes_column("export_countries", "輸出実績国", codes.countries()),
    Column("accepts_orders", "受注可否", cleaning.yes_or_no, _flag, ("受注",), ("はい", "いいえ")),
    Column("registered", "登録日", cleaning.day, _day),
    Column("confirmed", "最終確認日", cleaning.day, _day, ("確認日",)),
    Column("listed", "掲載", cleaning.yes_or_no, _flag, ("掲載区分", "公開区分"), ("はい", "いいえ")),
    Column(
        "consent",
        "公開に同意する項目",
        _read_consent,
        _write_consent,
        ("公開項目",),
        hint="列の見出しを改行で並べる。すべてなら「すべて」",
    ),
    _long("notes", "覚え書き", "備考"),
)
"""Every column, in the order of the template."""


def find_column(header: str) -> Column | None:
    """Return the column that a header means, forgiving width, spaces and a mark of obligation."""
    return _by_header().get(_folded(header))


def cell_text(record: CompanyRecord, column: Column) -> str:
    """Return a field as its cell would be written."""
    value = getattr(record, column.field)
    return "" if value is None else column.write(value)


def _by_header() -> dict[str, Column]:
    return {_folded(name): column for column in COLUMNS for name in (column.header, *column.aliases)}


def _folded(header: str) -> str:
    return "".join(cleaning.plain(header).casefold().split()).strip("*※").replace("(必須)", "")
