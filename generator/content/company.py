"""The public view of a company (企業): only what the company agreed to publish."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date


@dataclass(frozen=True, slots=True)
class Capability:
    """One row of 加工内容: what can be made, of what, how large, how exact, how many."""

    process: str  # code of the process list (company_db/codes)
    process_name: str  # 加工方法の名前
    process_name_en: str  # its English name
    materials: tuple[str, ...] = ()  # 材質の名前
    materials_en: tuple[str, ...] = ()  # their English names
    max_size: str = ""  # with its unit, as the company writes it: 1200×800×600 mm
    min_size: str = ""  # with its unit
    accuracy: str = ""  # ±0.005 mm
    lots: tuple[str, ...] = ()  # 試作, 小ロット, 中ロット, 量産
    lots_en: tuple[str, ...] = ()  # their English names
    minimum_lot: int | None = None  # pieces


@dataclass(frozen=True, slots=True)
class Equipment:
    """保有設備: one machine kind."""

    name: str  # 名称, as registered
    name_en: str = ""  # 英語名, as the company writes it
    maker: str = ""  # メーカー
    model: str = ""  # 型式
    count: int = 1  # 台
    capacity: str = ""  # 能力, with its unit
    inspection: bool = False  # 検査設備


@dataclass(frozen=True, slots=True)
class Certification:
    """認証: name, number and expiry."""

    code: str  # code of the certification list (company_db/classification)
    name: str  # 名称, as registered
    number: str = ""  # 登録番号
    expires: date | None = None  # 有効期限


@dataclass(frozen=True, slots=True)
class Product:
    """製品・サービス, with the company's role in it: maker, distributor or service."""

    name: str  # 名称, as registered
    name_en: str = ""  # 英語名, as the company writes it
    role: str = "maker"
    description: str = ""  # 説明
    description_en: str = ""  # 説明 in English


@dataclass(frozen=True, slots=True)
class Photo:
    """写真 in two sizes; alt text is required."""

    path: str  # site-relative path of the large one
    small: str  # site-relative path of the small one
    alt: str  # what the picture tells
    alt_en: str = ""  # the same in English
    width: int = 0  # px of the large one
    height: int = 0  # px of the large one


@dataclass(frozen=True, slots=True)
class CompanyProfile:
    """A listed member company as the public may see it; unpublished fields are empty.

    ``key`` is the corporate number (13 digits) or our own id (``k`` and 8 digits) and is the page's address.
    """

    key: str
    name: str  # 名称, as registered
    kana: str = ""  # フリガナ（全角カタカナ）
    name_en: str = ""  # 英語名, as the company writes it
    headline: str = ""  # one line: what they make
    headline_en: str = ""  # the same in English
    corporate_number: str = ""  # 法人番号, 13 digits, from the register; empty for sole proprietors
    representative: str = ""  # 代表者
    postal_code: str = ""  # 310-0801
    address: str = ""  # 所在地
    address_en: str = ""  # 所在地 in English
    municipality_code: str = ""  # 5 digits, JIS X 0402 with prefecture
    factory_address: str = ""  # 工場所在地
    telephone: str = ""  # 029-000-0000
    url: str = ""  # absolute URL
    founded: str = ""  # year or ISO date
    capital_yen: int | None = None  # 資本金 (yen)
    employees: int | None = None  # 従業員数 (people)
    industries: tuple[str, ...] = ()  # JSIC codes, main one first: letter and 2 digits (E24)
    business: str = ""  # 事業概要
    business_en: str = ""  # 事業概要 in English
    capabilities: tuple[Capability, ...] = ()  # 加工内容
    equipment: tuple[Equipment, ...] = ()  # 保有設備
    certifications: tuple[Certification, ...] = ()  # 認証
    products: tuple[Product, ...] = ()  # 製品・サービス
    customers: tuple[str, ...] = ()  # 主要取引先
    patents: tuple[str, ...] = ()  # 特許
    strengths: tuple[str, ...] = ()  # 得意分野
    pr: str = ""  # PR
    pr_en: str = ""  # PR in English
    photos: tuple[Photo, ...] = ()  # 写真
    languages: tuple[str, ...] = ()  # ISO 639-1
    export_countries: tuple[str, ...] = ()  # ISO 3166-1 alpha-2
    accepts_orders: bool | None = None  # 受注可否; None: not said
    registered: date | None = None  # 登録日
    confirmed: date | None = None  # 最終確認日
