"""The public view of a company (企業): only what the company agreed to publish."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date


@dataclass(frozen=True, slots=True)
class Capability:
    """One row of 加工内容: what can be made, of what, how large, how exact, how many."""

    process: str  # code of the process list (company_db/codes)
    process_name: str
    process_name_en: str
    materials: tuple[str, ...] = ()
    materials_en: tuple[str, ...] = ()
    max_size: str = ""  # with its unit, as the company writes it: 1200×800×600 mm
    min_size: str = ""
    accuracy: str = ""  # ±0.005 mm
    lots: tuple[str, ...] = ()  # 試作, 小ロット, 中ロット, 量産
    lots_en: tuple[str, ...] = ()
    minimum_lot: int | None = None  # pieces


@dataclass(frozen=True, slots=True)
class Equipment:
    """保有設備: one machine kind."""

    name: str
    name_en: str = ""
    maker: str = ""
    model: str = ""
    count: int = 1  # 台
    capacity: str = ""
    inspection: bool = False  # 検査設備


@dataclass(frozen=True, slots=True)
class Certification:
    """認証: name, number and expiry."""

    code: str
    name: str
    number: str = ""
    expires: date | None = None


@dataclass(frozen=True, slots=True)
class Product:
    """製品・サービス, with the company's role in it: maker, distributor or service."""

    name: str
    name_en: str = ""
    role: str = "maker"
    description: str = ""
    description_en: str = ""


@dataclass(frozen=True, slots=True)
class Photo:
    """写真, stored in the site's assets; alt text is required."""

    path: str
    alt: str
    alt_en: str = ""
    width: int = 0  # px
    height: int = 0  # px


@dataclass(frozen=True, slots=True)
class CompanyProfile:
    """A listed member company as the public may see it; unpublished fields are empty.

    ``key`` is the corporate number (13 digits) or our own id (``k`` and 8 digits) and is the page's address.
    """

    key: str
    name: str
    kana: str = ""
    name_en: str = ""
    headline: str = ""  # one line: what they make
    headline_en: str = ""
    corporate_number: str = ""
    representative: str = ""
    postal_code: str = ""
    address: str = ""
    address_en: str = ""
    municipality_code: str = ""  # 5 digits, JIS X 0402 with prefecture
    factory_address: str = ""
    telephone: str = ""
    url: str = ""
    founded: str = ""  # year or ISO date
    capital_yen: int | None = None
    employees: int | None = None
    industries: tuple[str, ...] = ()  # JSIC codes, main one first: letter and 2 digits (E24)
    business: str = ""
    business_en: str = ""
    capabilities: tuple[Capability, ...] = ()
    equipment: tuple[Equipment, ...] = ()
    certifications: tuple[Certification, ...] = ()
    products: tuple[Product, ...] = ()
    customers: tuple[str, ...] = ()
    patents: tuple[str, ...] = ()
    strengths: tuple[str, ...] = ()
    pr: str = ""
    pr_en: str = ""
    photos: tuple[Photo, ...] = ()
    languages: tuple[str, ...] = ()  # ISO 639-1
    export_countries: tuple[str, ...] = ()  # ISO 3166-1 alpha-2
    accepts_orders: bool | None = None
    registered: date | None = None
    confirmed: date | None = None  # 最終確認日
