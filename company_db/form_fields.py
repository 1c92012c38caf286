"""Every input of a company's form: its name in both languages, what to write, and how it is read."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, NamedTuple

from company_db.classification import codes
from company_db.form_inputs import Input, Kind, Rows, Section, Tongues
from company_db.intake import cleaning
from company_db.intake.columns import COLUMNS, Column
from company_db.model import (
    OPEN_FIELDS,
    PUBLISHABLE_FIELDS,
    CapabilityRecord,
    CertificationRecord,
    EquipmentRecord,
    ProductRecord,
)

_COLUMNS: Mapping[str, Column] = {column.field: column for column in COLUMNS}


def _field(name: str, en: str, ja_hint: str = "", en_hint: str = "", **more: Any) -> Input:
    """Declare a field of the record whose Japanese name and reading are those of its column."""
    column = _COLUMNS[name]
    given = {"read": column.read} | more
    return Input(name, Tongues(column.header, en), Tongues(ja_hint, en_hint), **given)


def _long(name: str, en: str, ja_hint: str, en_hint: str) -> Input:
    return _field(name, en, ja_hint, en_hint, kind=Kind.LONG, longest=4_000)


def _listed(name: str, en: str, ja_hint: str, en_hint: str) -> Input:
    return _field(name, en, ja_hint, en_hint, kind=Kind.LIST, longest=4_000)


class _Answer(NamedTuple):
    ja: str
    en: str


_ORDERS = {
    "": _Answer("答えない", "Not said"),
    "はい": _Answer("受け付けている", "Yes"),
    "いいえ": _Answer("受け付けていない", "No"),
}
_ROLES = {
    "": _Answer("製造", "We make it"),
    "distributor": _Answer("販売", "We sell it"),
    "service": _Answer("サービス", "Service"),
}

_INPUTS = (
    _field(
        "name",
        "Name in Japanese",
        "登記のとおりの名称",
        "As registered in Japan",
        is_required=True,
        fills="organization",
    ),
    _field("kana", "Reading in katakana", "例 ミホンセイキ", "For example ミホンセイキ"),
    _field(
        "name_en",
        "Name in English",
        "海外に見せる名前。例 Mihon Seiki Co., Ltd.",
        "For example Mihon Seiki Co., Ltd.",
    ),
    _field(
        "headline",
        "In one line (Japanese)",
        "何をつくる会社か。例 直径0.3mmの軸を、一個から千分台で削ります",
        "What you make, in Japanese",
        longest=100,
    ),
    _field(
        "headline_en",
        "In one line (English)",
        "英語で一行。例 We turn 0.3 mm shafts, from one piece",
        "For example: We turn 0.3 mm shafts, from one piece",
        longest=160,
    ),
    _field("representative", "Representative", "例 見本 太郎", "Name of the president"),
    _field(
        "postal_code",
        "Postal code",
        "例 310-0801",
        "Seven digits, for example 310-0801",
        keyboard="numeric",
        fills="postal-code",
    ),
    _field(
        "address",
        "Address in Japanese",
        "市町村から。例 水戸市桜川2-2-35",
        "From the municipality on, in Japanese",
    ),
    _field(
        "address_en",
        "Address in English",
        "例 2-2-35 Sakuragawa, Mito, Ibaraki",
        "For example 2-2-35 Sakuragawa, Mito, Ibaraki",
    ),
    _field(
        "municipality_code", "Municipality", kind=Kind.CHOICE, entries=codes.municipalities, is_required=True
    ),
    _field("factory_address", "Address of the factory", "本社と違うときだけ", "Only if it is elsewhere"),
    _field(
        "telephone", "Telephone", "例 029-000-0000", "For example 029-000-0000", keyboard="tel", fills="tel"
    ),
    _field(
        "url",
        "Website",
        "https:// から。例 https://example.jp/",
        "Beginning with https://",
        keyboard="url",
        fills="url",
    ),
    _field(
        "founded", "Founded", "例 1972 、1972-04-01 、昭和47年4月1日", "A year or a date: 1972 or 1972-04-01"
    ),
    _field("capital_yen", "Capital (yen)", "例 1,000万円", "For example 10000000"),
    _field("employees", "Employees", "例 25", "A number, for example 25", keyboard="numeric"),
    _long(
        "business",
        "Business (Japanese)",
        "お客さまは誰か、何を任せられるか。300字くらいまで",
        "For whom you make what, in Japanese",
    ),
    _long(
        "business_en",
        "Business (English)",
        "英語で。誰に何をつくるかを二、三文で",
        "For whom you make what, in two or three sentences",
    ),
    _listed("strengths", "Strengths", "一行に一つ。例 難削材の微細加工", "One a line, in Japanese"),
    _listed(
        "customers",
        "Main customers",
        "一行に一社。相手の了解のある名前だけ",
        "One a line; only those who agreed",
    ),
    _listed(
        "patents",
        "Patents",
        "一行に一件。例 特許第1234567号 微細軸の加工方法",
        "One a line, for example JP 1234567",
    ),
    _long(
        "pr",
        "From the company (Japanese)",
        "自由に。品質、納期、体制、実績など",
        "Quality, delivery, people, results: in Japanese",
    ),
    _long(
        "pr_en",
        "From the company (English)",
        "英語で。海外の買い手が最初に知りたいことから",
        "What a buyer abroad wants to know first",
    ),
    _field("languages", "Languages you answer in", kind=Kind.CHOICES, entries=codes.languages),
    _field("export_countries", "Countries you exported to", kind=Kind.CHOICES, entries=codes.countries),
    _field("accepts_orders", "Open to new orders", kind=Kind.CHOICE, entries=lambda: _ORDERS),
    _field(
        "contact_person",
        "Person in charge",
        "機構からの連絡先。公開しません",
        "For our office only; never published",
        fills="name",
    ),
    _field(
        "contact_email",
        "Email address",
        "このページのリンクを受け取るアドレス。公開しません",
        "Gets the links to this page; never published",
        keyboard="email",
        fills="email",
        longest=254,
        is_required=True,
    ),
)
FIELDS: Mapping[str, Input] = {each.name: each for each in _INPUTS}
"""The plain inputs by the record's field."""


def _part(name: str, ja: str, en: str, ja_hint: str = "", en_hint: str = "", **more: Any) -> Input:
    return Input(name, Tongues(ja, en), Tongues(ja_hint, en_hint), **more)


TABLES: Mapping[str, Rows] = {
    "industries": Rows(
        Tongues("業種", "Industries"),
        (_part("code", "業種", "Industry", kind=Kind.CHOICE, entries=codes.industries, is_required=True),),
        lambda code: code,
        Tongues("主なものを先に。", "The main one first."),
    ),
    "capabilities": Rows(
        Tongues("加工内容", "Processes"),
        (
            _part(
                "process", "加工方法", "Process", kind=Kind.CHOICE, entries=codes.processes, is_required=True
            ),
            _part(
                "materials",
                "材質",
                "Materials",
                "例 ステンレス、アルミ",
                "For example Stainless steel, Aluminium",
                kind=Kind.WORDS,
                entries=codes.materials,
            ),
            _part(
                "max_size", "最大サイズ", "Largest size", "例 1200×800×600 mm", "For example 1200×800×600 mm"
            ),
            _part("min_size", "最小サイズ", "Smallest size", "例 φ0.3 mm", "For example φ0.3 mm"),
            _part("accuracy", "精度", "Accuracy", "例 ±0.005 mm", "For example ±0.005 mm"),
            _part(
                "minimum_lot",
                "最小数（個）",
                "From (pieces)",
                "例 1",
                "A number, for example 1",
                read=cleaning.count,
                keyboard="numeric",
            ),
            _part("lots", "ロット", "Lots", kind=Kind.CHOICES, entries=codes.lots),
        ),
        CapabilityRecord,
        Tongues(
            "買い手が最初に見る表です。加工方法ごとに一行。",
            "The table that buyers read first: one row a process.",
        ),
    ),
    "products": Rows(
        Tongues("製品・サービス", "Products and services"),
        (
            _part("name", "名称", "Name in Japanese", is_required=True),
            _part("name_en", "英語名", "Name in English", "例 Ball screw", "For example Ball screw"),
            _part("role", "どうする", "Your part", kind=Kind.CHOICE, entries=lambda: _ROLES),
            _part("description", "説明", "About it (Japanese)", longest=300),
            _part(
                "description_en",
                "説明（英語）",
                "About it (English)",
                "例 For medical pumps",
                "For example: for medical pumps",
                longest=300,
            ),
        ),
        lambda role="", **more: ProductRecord(role=role or "maker", **more),
    ),
    "equipment": Rows(
        Tongues("保有設備", "Equipment"),
        (
            _part(
                "name",
                "名称",
                "Name in Japanese",
                "例 5軸マシニングセンタ",
                "For example 5軸マシニングセンタ",
                is_required=True,
            ),
            _part(
                "name_en",
                "英語名",
                "Name in English",
                "例 Five-axis machining centre",
                "For example Five-axis machining centre",
            ),
            _part("maker", "メーカー", "Maker"),
            _part("model", "型式", "Model"),
            _part(
                "count",
                "台数",
                "Number",
                "例 2",
                "A number, for example 2",
                read=cleaning.count,
                keyboard="numeric",
            ),
            _part("capacity", "能力", "Capacity", "例 主軸 20,000回転", "For example spindle 20,000 rpm"),
            _part("inspection", "検査設備", "For inspection", kind=Kind.TICK),
        ),
        lambda count=None, **more: EquipmentRecord(count=count or 1, **more),
    ),
    "certifications": Rows(
        Tongues("認証", "Certifications"),
        (
            _part(
                "code",
                "認証",
                "Certification",
                kind=Kind.CHOICE,
                entries=codes.certifications,
                is_required=True,
            ),
            _part("number", "番号", "Number"),
            _part(
                "expires",
                "有効期限",
                "Valid until",
                "例 2026-03-31",
                "For example 2026-03-31",
                read=cleaning.day,
            ),
        ),
        CertificationRecord,
    ),
}


SECTIONS = (
    Section(
        "basics",
        Tongues("会社の基本", "The company"),
        fields=(
            *(
                "name",
                "kana",
                "name_en",
                "representative",
                "postal_code",
                "municipality_code",
                "address",
                "address_en",
            ),
            *("factory_address", "telephone", "url", "founded", "capital_yen", "employees"),
        ),
        tables=("industries",),
    ),
    Section(
        "offer",
        Tongues("つくれるもの", "What you make"),
        Tongues(
            "買い手がここで決めます。数字と材質があると、検索で見つかります。",
            "Buyers decide here. Numbers and materials make you easy to find.",
        ),
        ("headline", "headline_en", "business", "business_en", "strengths"),
        ("capabilities", "products"),
    ),
    Section("photos", Tongues("写真", "Photos")),
    Section(
        "means", Tongues("設備と認証", "Equipment and certifications"), tables=("equipment", "certifications")
    ),
    Section(
        "telling", Tongues("実績とPR", "Results and message"), fields=("customers", "patents", "pr", "pr_en")
    ),
    Section(
        "abroad",
        Tongues("海外と受注", "Abroad and orders"),
        fields=("accepts_orders", "languages", "export_countries"),
    ),
    Section(
        "contact",
        Tongues("担当者（公開しません）", "Contact (not published)"),
        fields=("contact_person", "contact_email"),
    ),
)

CHOOSABLE = (PUBLISHABLE_FIELDS - OPEN_FIELDS) & {*FIELDS, *TABLES, "photos"}
"""What a company shows or hides in the form."""


def label_of(name: str) -> Tongues:
    """Return the name of a field, a table or the photos."""
    if name in TABLES:
        return TABLES[name].label
    return FIELDS[name].label if name in FIELDS else Tongues("写真", "Photos")
