"""The full record of a company (企業), with the fields it agreed to publish."""

from __future__ import annotations

from datetime import date
from typing import Annotated, Self

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, model_validator

from company_db import corporate_number
from company_db.classification import codes


def _known(label: str, codes_of: str) -> AfterValidator:
    def check(value: str) -> str:
        if value not in getattr(codes, codes_of)():
            raise ValueError(f"「{value}」は{label}の一覧にありません")
        return value

    return AfterValidator(check)


IndustryCode = Annotated[str, _known("業種", "industries")]
MunicipalityCode = Annotated[str, _known("市町村", "municipalities")]
ProcessCode = Annotated[str, _known("加工方法", "processes")]
MaterialCode = Annotated[str, _known("材質", "materials")]
CertificationCode = Annotated[str, _known("認証", "certifications")]
LanguageCode = Annotated[str, _known("言語", "languages")]
CountryCode = Annotated[str, _known("国", "countries")]
LotCode = Annotated[str, _known("ロット", "lots")]

MOST_PHOTOS = 6
"""On a company's page."""

OPEN_FIELDS = frozenset(
    {"name", "kana", "name_en", "municipality_code", "industries", "registered", "confirmed"}
)
"""Shown for every listed member; every other field needs the company's consent."""

STAFF_FIELDS = frozenset({"contact_person", "contact_email", "notes"})
"""Never published, whatever the consent says."""


class _Part(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid", str_strip_whitespace=True)


class CapabilityRecord(_Part):
    """加工内容: one process and what can be done with it."""

    process: ProcessCode
    materials: tuple[MaterialCode, ...] = ()
    max_size: str = Field("", description="単位つきで書く。例 1200×800×600 mm")
    min_size: str = ""
    accuracy: str = Field("", description="例 ±0.005 mm")
    lots: tuple[LotCode, ...] = ()
    minimum_lot: int | None = Field(None, ge=1, le=10**9, description="個")


class EquipmentRecord(_Part):
    """保有設備・検査設備: one machine kind."""

    name: str = Field(min_length=1)
    name_en: str = ""
    maker: str = ""
    model: str = ""
    count: int = Field(1, ge=1, le=10**6, description="台")
    capacity: str = ""
    inspection: bool = False


class CertificationRecord(_Part):
    """認証: which, its number and its expiry."""

    code: CertificationCode
    number: str = ""
    expires: date | None = None


class ProductRecord(_Part):
    """製品・サービス."""

    name: str = Field(min_length=1)
    name_en: str = ""
    role: str = Field("maker", pattern="^(maker|distributor|service)$")
    description: str = ""
    description_en: str = ""


class PhotoRecord(_Part):
    """写真, kept under its digest; the alternative text is required."""

    digest: str = Field(pattern=r"^[0-9a-f]{32}$")
    alt: str = Field(min_length=1, max_length=200)
    alt_en: str = Field("", max_length=200)
    width: int = Field(0, ge=0, description="px")
    height: int = Field(0, ge=0, description="px")


class CompanyRecord(_Part):
    """Everything the office knows of a member company; ``consent`` names the fields it may show."""

    key: str = Field(description="法人番号13桁、または k と8桁の独自番号")
    name: str = Field(min_length=1, description="名称")
    kana: str = Field("", description="フリガナ（全角カタカナ）")
    name_en: str = ""
    headline: str = Field("", description="何をつくる会社か、一行で")
    headline_en: str = ""
    representative: str = ""
    postal_code: str = Field("", pattern=r"^([0-9]{3}-[0-9]{4})?$")
    address: str = ""
    address_en: str = ""
    municipality_code: MunicipalityCode
    factory_address: str = ""
    telephone: str = Field("", pattern=r"^([0-9]{2,5}-[0-9]{1,4}-[0-9]{3,4})?$")
    url: str = Field("", pattern=r"^(https?://\S+)?$")
    contact_person: str = Field("", description="担当者（職員だけが見る）")
    contact_email: str = Field("", description="連絡先メール（職員だけが見る）")
    founded: str = Field("", pattern=r"^([0-9]{4}(-[0-9]{2}-[0-9]{2})?)?$")
    capital_yen: int | None = Field(None, ge=0, le=10**15)
    employees: int | None = Field(None, ge=0, le=10**7)
    industries: tuple[IndustryCode, ...] = Field((), description="主たる業種が先頭")
    business: str = ""
    business_en: str = ""
    capabilities: tuple[CapabilityRecord, ...] = ()
    equipment: tuple[EquipmentRecord, ...] = ()
    certifications: tuple[CertificationRecord, ...] = ()
    products: tuple[ProductRecord, ...] = ()
    customers: tuple[str, ...] = ()
    patents: tuple[str, ...] = ()
    strengths: tuple[str, ...] = ()
    pr: str = ""
    pr_en: str = ""
    photos: tuple[PhotoRecord, ...] = Field((), max_length=MOST_PHOTOS, description="ページに出す順")
    languages: tuple[LanguageCode, ...] = ()
    export_countries: tuple[CountryCode, ...] = ()
    accepts_orders: bool | None = None
    subsidies: tuple[str, ...] = Field((), description="補助金の採択（公開資料から）")
    registered: date | None = None
    confirmed: date | None = Field(None, description="最終確認日")
    listed: bool = Field(True, description="掲載／非掲載")
    consent: frozenset[str] = Field(frozenset(), description="公開に同意した項目の名前")
    notes: str = Field("", description="職員の覚え書き")

    @model_validator(mode="after")
    def _checked(self) -> Self:
        if not (corporate_number.is_valid(self.key) or corporate_number.is_own_id(self.key)):
            raise ValueError(f"「{self.key}」は法人番号でも独自番号でもありません")
        if unknown := self.consent - PUBLISHABLE_FIELDS:
            raise ValueError(f"公開の同意に知らない項目があります: {', '.join(sorted(unknown))}")
        return self

    @property
    def corporate_number(self) -> str:
        """The corporate number, or empty for a sole proprietor."""
        return "" if corporate_number.is_own_id(self.key) else self.key


PUBLISHABLE_FIELDS = frozenset(CompanyRecord.model_fields) - STAFF_FIELDS - {"key", "listed", "consent"}
"""Fields that a company may consent to publish."""
