"""Companies (what they agreed to publish), licensable patents and places as open data."""

from __future__ import annotations

import re
from collections.abc import Sequence

from generator.content.codes import HolderKind, PlaceKind
from generator.content.company import CompanyProfile
from generator.content.model import LicensablePatent
from generator.site.open_data.area import prefecture_code, prefecture_name, with_check_digit
from generator.site.open_data.dataset import CellKind, CodeTable, Column, Dataset
from generator.site.view import SiteView

_PHONE = re.compile(r"0\d{1,4}-\d{1,4}-\d{3,4}")

_COMPANY_COLUMNS = (
    Column("ID", "id", "企業データベースの番号", required=True),
    Column("法人番号", "corporate_number", "国税庁の法人番号13桁"),
    Column("名称", "name", "企業の名称", required=True),
    Column("名称_カナ", "kana", "名称のカナ"),
    Column("名称_英字", "name_en", "企業が使う英字の名称"),
    Column("所在地_全国地方公共団体コード", "area_code", "所在地の市町村のコード6桁"),
    Column("所在地_連結表記", "address", "所在地"),
    Column("電話番号", "telephone", "企業が公開に同意した電話番号", CellKind.PHONE),
    Column("URL", "website", "企業のサイト", CellKind.URL),
    Column("資本金", "capital_yen", "資本金", CellKind.NUMBER, unit="円"),
    Column("従業員数", "employees", "従業員の数", CellKind.NUMBER, unit="人"),
    Column("業種コード", "industry", "日本標準産業分類の大分類の文字と中分類2桁"),
    Column("事業概要", "business", "事業の説明"),
    Column("最終確認日", "confirmed", "企業が内容を確かめた日", CellKind.DATE),
    Column("掲載ページ", "page", "企業データベースのページ", CellKind.URL, required=True),
)
_CAPABILITY_COLUMNS = (
    Column("企業ID", "company_id", "企業一覧のID", required=True),
    Column("企業名", "company", "企業の名称", required=True),
    Column("所在地_全国地方公共団体コード", "area_code", "所在地の市町村のコード6桁"),
    Column("加工コード", "process", "加工方法", CellKind.CODE, required=True, codes="process"),
    Column("材質", "material", "加工できる材質。一行に一つ"),
    Column("最大加工寸法", "max_size", "単位つきの寸法"),
    Column("精度", "accuracy", "単位つきの精度"),
    Column("最小ロット", "minimum_lot", "受けられる最小の数", CellKind.NUMBER, unit="個"),
)
_PATENT_COLUMNS = (
    Column("ID", "id", "この一覧の中で変わらない番号", required=True),
    Column("地域", "area", "登録した団体のある都道府県", required=True),
    Column("名称", "title", "発明の名称", required=True),
    Column("登録番号又は出願番号", "number", "特許の登録番号、出願中は出願番号", required=True),
    Column("権利者", "holder", "権利者（出願人）の名称", required=True),
    Column("権利者の種類", "holder_kind", "大学・研究機関・企業の別", CellKind.CODE, codes="holder_kind"),
    Column("譲渡の可否", "transfer", "1は可、0は否", CellKind.CODE, codes="yes_no"),
    Column("実施許諾の可否", "license", "1は可、0は否", CellKind.CODE, codes="yes_no"),
    Column("技術分野", "field", "技術の分野。出願公開の前は空"),
    Column("国際特許分類", "ipc", "主な分類を一つ。出願公開の前は空"),
    Column("登録日", "registered", "この台帳に登録した日。出願公開の前は空", CellKind.DATE),
    Column("URL", "page", "詳しいページ", CellKind.URL, required=True),
)
_PLACE_COLUMNS = (
    Column("全国地方公共団体コード", "area_code", "公開する団体の全国地方公共団体コード6桁", required=True),
    Column("ID", "id", "この一覧の中で変わらない番号", required=True),
    Column("地方公共団体名", "local_government", "公開する団体のある都道府県", required=True),
    Column("名称", "title", "窓口・拠点の名称", required=True),
    Column("名称_カナ", "kana", "名称のカナ"),
    Column("種別", "kind", "相談窓口かサテライト拠点か", CellKind.CODE, required=True, codes="place_kind"),
    Column("設置機関", "host", "置いている機関"),
    Column("所在地_全国地方公共団体コード", "place_area_code", "所在地の市町村のコード6桁"),
    Column("所在地_連結表記", "location", "住所"),
    Column("郵便番号", "postal_code", "郵便番号"),
    Column("電話番号", "telephone", "電話番号", CellKind.PHONE),
    Column("開設日", "days", "開いている日"),
    Column("開設時間", "hours", "開いている時間"),
    Column("アクセス方法", "access", "行き方"),
    Column("URL", "page", "詳しいページ", CellKind.URL, required=True),
)
_YES_NO = CodeTable("yes_no", "可否", [("1", "可", "Yes"), ("0", "否", "No")])


def company_datasets(view: SiteView) -> tuple[Dataset, Dataset]:
    """Return the listed members, and what each can make in long form: a row a company, process and material."""
    companies = sorted(view.library.all(CompanyProfile), key=lambda c: c.key)
    updated = max((c.confirmed for c in companies if c.confirmed), default=None)
    processes = {
        c.process: (c.process, c.process_name, c.process_name_en) for m in companies for c in m.capabilities
    }
    listed = Dataset(
        "companies",
        "企業一覧",
        "企業データベースに掲載した企業です。企業が公開に同意した項目だけを出しています。",
        _COMPANY_COLUMNS,
        [_company(view, company) for company in companies],
        updated=updated,
    )
    able = Dataset(
        "company-capabilities",
        "企業の加工内容",
        "企業ごとの加工方法・材質です。一行に一つの材質を置いています。",
        _CAPABILITY_COLUMNS,
        [row for company in companies for row in _capabilities(company)],
        codes={"process": CodeTable("process", "加工方法", sorted(processes.values()))},
        updated=updated,
    )
    return listed, able


def _company(view: SiteView, company: CompanyProfile) -> Sequence[object]:
    return (
        company.key,
        company.corporate_number,
        company.name,
        company.kana,
        company.name_en,
        _area(company.municipality_code),
        company.address,
        _telephone(company.telephone),
        company.url if company.url.startswith(("http://", "https://")) else "",
        company.capital_yen,
        company.employees,
        company.industries[0] if company.industries else "",
        company.business,
        company.confirmed,
        view.absolute(f"companies/{company.key}/"),
    )


def _capabilities(company: CompanyProfile) -> list[Sequence[object]]:
    return [
        (
            company.key,
            company.name,
            _area(company.municipality_code),
            each.process,
            material,
            each.max_size,
            each.accuracy,
            each.minimum_lot,
        )
        for each in company.capabilities
        for material in (each.materials or ("",))
    ]


def _area(code: str) -> str:
    return with_check_digit(code) if code else ""


def _telephone(text: str) -> str:
    """Return the number alone, or nothing: words beside it do not belong into a number's column."""
    return text if _PHONE.fullmatch(text) else ""


def patent_dataset(view: SiteView) -> Dataset:
    """Return the licensable patents; before laying open only the seven items that may be shown."""
    patents = sorted(view.library.public(LicensablePatent), key=lambda p: p.slug)
    return Dataset(
        "patents",
        "開放特許一覧",
        "使ってもらえる特許の一覧です。出願公開の前のものは、決められた項目だけを出しています。",
        _PATENT_COLUMNS,
        [_patent(view, patent) for patent in patents],
        codes={
            "holder_kind": CodeTable(
                "holder_kind", "権利者の種類", [(k.value, k.ja, k.en) for k in HolderKind]
            ),
            "yes_no": _YES_NO,
        },
        updated=max((p.updated or p.registered for p in patents), default=None),
    )


def _patent(view: SiteView, patent: LicensablePatent) -> Sequence[object]:
    is_open = patent.is_laid_open
    return (
        patent.slug,
        prefecture_name(view.settings),
        patent.title,
        patent.number if patent.is_granted else patent.application_number or patent.number,
        patent.holder,
        patent.holder_kind.value if is_open else "",
        patent.transfer,
        patent.license,
        patent.field if is_open else "",
        patent.ipc[0] if patent.ipc and is_open else "",
        patent.registered if is_open else None,
        view.absolute(patent.address),
    )


def place_dataset(view: SiteView) -> Dataset:
    """Return desks and satellites (支援機関の拠点)."""
    return Dataset(
        "places",
        "窓口・拠点一覧",
        "相談窓口とサテライト拠点の一覧です。",
        _PLACE_COLUMNS,
        [
            (
                prefecture_code(view.settings),
                place.slug,
                prefecture_name(view.settings),
                place.title,
                place.kana,
                place.kind.value,
                place.host,
                _area(place.municipality),
                place.location,
                place.postal_code,
                _telephone(place.telephone),
                place.days,
                place.hours,
                place.access,
                view.absolute(place.address),
            )
            for place in view.places
        ],
        codes={
            "place_kind": CodeTable("place_kind", "窓口の種類", [(k.value, k.ja, k.en) for k in PlaceKind])
        },
        updated=max((p.updated or p.published or view.on for p in view.places), default=None),
    )
