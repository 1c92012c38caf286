"""Every published table is readable by machines, has its card, its codes and its entry in the catalogue."""

from __future__ import annotations

import csv
import io
import json
from datetime import date
from pathlib import Path

from generator.content.codes import Topic
from generator.content.company import Capability, CompanyProfile
from generator.content.library import make_library
from generator.content.model import Venue
from generator.site.open_data.area import with_check_digit
from generator.site.open_data.catalogue import open_data_files, open_datasets
from generator.site.view import SiteView
from tests.builders import (
    ON,
    make_event,
    make_grant,
    make_patent,
    make_place,
    make_program,
    make_session,
    make_settings,
)

THIRTY_TWO = [
    "都道府県コード又は市区町村コード",
    "NO",
    "都道府県名",
    "市区町村名",
    "イベント名",
    "イベント名_カナ",
    "イベント名_英語",
    "開始日",
    "終了日",
    "開始時間",
    "終了時間",
    "開始日時特記事項",
    "説明",
    "料金(基本)",
    "料金(詳細)",
    "連絡先名称",
    "連絡先電話番号",
    "連絡先内線番号",
    "主催者",
    "場所名称",
    "住所",
    "方書",
    "緯度",
    "経度",
    "アクセス方法",
    "駐車場情報",
    "定員",
    "参加申込終了日",
    "参加申込終了時間",
    "参加申込方法",
    "URL",
    "備考",
]
COMPANY = CompanyProfile(
    key="k00000001",
    name="㈱見本精機",
    municipality_code="08201",
    telephone="代表まで",
    capabilities=(Capability("turning", "旋盤", "Turning", materials=("鋼", "アルミ")),),
)


def files(tmp_path: Path, *things: object) -> dict[str, bytes]:
    given = things or (
        make_event(status="cancelled", status_note="台風のため"),
        make_event(
            "online",
            attendance="online",
            venue=None,
            sessions=(make_session(), make_session(date(2023, 12, 13))),
        ),
        make_program(topics=(Topic.OVERSEAS,)),
        make_grant(),
        make_patent(),
        make_patent(
            "secret",
            is_granted=False,
            is_laid_open=False,
            application_number="特願2023-000001",
            ipc=("A23L",),
        ),
        make_place(),
        COMPANY,
    )
    view = SiteView(make_library(given, on=ON), make_settings(tmp_path, site_url="https://example.jp/"))
    return {artifact.path: artifact.content for artifact in open_data_files(view)}


def rows(content: bytes) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(content.decode("utf-8-sig"), newline="")))


def test_the_event_list_begins_with_the_thirty_two_columns_in_order(tmp_path: Path) -> None:
    made = files(tmp_path)["opendata/events.csv"]
    assert made.startswith(b"\xef\xbb\xbf")
    assert list(rows(made)[0])[:32] == THIRTY_TWO


def test_a_cancelled_event_says_so_in_both_forms(tmp_path: Path) -> None:
    made = files(tmp_path)
    for name in ("events", "events-standard"):
        row = next(
            r for r in rows(made[f"opendata/{name}.csv"]) if r["イベント名"] and r["状態"] == "cancelled"
        )
        assert row["備考"] == "中止 台風のため"


def test_an_online_event_of_two_days_has_a_place_and_tells_its_days(tmp_path: Path) -> None:
    row = next(r for r in rows(files(tmp_path)["opendata/events.csv"]) if r["NO"] == "2023-online")
    assert (row["場所名称"], row["終了日"], row["市区町村名"]) == ("オンライン", "2023-12-13", "")
    assert row["開始日時特記事項"].startswith("全2回 2023-12-06 13:30から16:00")


def test_companies_show_only_what_fits_the_column_and_processes_stand_in_long_form(tmp_path: Path) -> None:
    made = files(tmp_path)
    company = rows(made["opendata/companies.csv"])[0]
    assert (company["名称"], company["電話番号"]) == ("(株)見本精機", "")
    assert [r["材質"] for r in rows(made["opendata/company-capabilities.csv"])] == ["鋼", "アルミ"]


def test_a_patent_before_laying_open_shows_only_what_may_be_shown(tmp_path: Path) -> None:
    row = next(r for r in rows(files(tmp_path)["opendata/patents.csv"]) if r["ID"] == "secret")
    assert (row["登録番号又は出願番号"], row["国際特許分類"], row["登録日"], row["技術分野"]) == (
        "特願2023-000001",
        "",
        "",
        "",
    )


def test_programs_and_calls_stand_in_gif_terms(tmp_path: Path) -> None:
    made = json.loads(files(tmp_path)["opendata/programs.json"])["制度"]
    call = next(thing for thing in made if thing["制度番号"].startswith("grants/"))
    assert (call["給付上限額"], call["最大補助率"], call["公募終了日"]) == (1_000_000, "2/3", "2023-12-15")


def test_every_table_has_a_card_and_every_code_its_table(tmp_path: Path) -> None:
    made = files(tmp_path)
    view = SiteView(make_library([COMPANY], on=ON), make_settings(tmp_path))
    for dataset in open_datasets(view):
        card = rows(made[f"opendata/{dataset.name}-columns.csv"])
        assert [row["列名"] for row in card] == [column.name for column in dataset.columns]
        for row in card:
            assert not row["コード表"] or f"opendata/codes/{row['コード表']}.csv" in made


def test_the_catalogue_names_files_that_exist(tmp_path: Path) -> None:
    made = files(tmp_path)
    catalogue = json.loads(made["opendata/catalog.jsonld"])
    urls = [d["dcat:downloadURL"] for entry in catalogue["dcat:dataset"] for d in entry["dcat:distribution"]]
    assert {url.removeprefix("https://example.jp/") for url in urls} <= set(made)
    assert len(catalogue["dcat:dataset"]) == 7


def test_local_government_codes_carry_their_check_digit() -> None:
    codes = {"08": "080004", "08201": "082015", "08220": "082201", "13101": "131016", "22130": "221309"}
    assert {code: with_check_digit(code) for code in codes} == codes


def test_an_empty_library_still_publishes_empty_tables(tmp_path: Path) -> None:
    assert rows(files(tmp_path, make_place())["opendata/events.csv"]) == []


def test_each_table_has_a_card_with_its_licence_and_each_code_table_its_owner(tmp_path: Path) -> None:
    made = files(tmp_path)
    card = dict(read(made["opendata/events-card.csv"]))
    assert card["ライセンス"].endswith("（CC BY 4.0）")
    assert card["行数"] == "2"
    codes = {
        row["コード表"]: row
        for row in csv.DictReader(io.StringIO(made["opendata/codes.csv"].decode("utf-8-sig")))
    }
    assert {f"opendata/codes/{name}.csv" for name in codes} == {
        p for p in made if p.startswith("opendata/codes/")
    }
    assert codes["event_status"]["管理者"]
    assert codes["event_status"]["発行日"] == "2023-04-01"


def read(content: bytes) -> list[list[str]]:
    return list(csv.reader(io.StringIO(content.decode("utf-8-sig"), newline="")))


def test_an_event_s_place_is_told_apart_from_the_body_that_publishes_it(tmp_path: Path) -> None:
    abroad = make_event("abroad", venue=Venue(name="幕張メッセ", address="千葉県千葉市美浜区中瀬2-1"))
    inside = make_event("inside")
    made = files(tmp_path, abroad, inside, make_place())
    rows = list(csv.DictReader(io.StringIO(made["opendata/events-standard.csv"].decode("utf-8-sig"))))
    assert [(r["地方公共団体名"], r["所在地_都道府県"]) for r in rows] == [
        ("茨城県", "千葉県"),
        ("茨城県", "茨城県"),
    ]
    assert [r["所在地_市区町村"] for r in rows] == ["", "水戸市"]
    first = next(csv.DictReader(io.StringIO(made["opendata/events.csv"].decode("utf-8-sig"))))
    assert (first["都道府県名"], first["市区町村名"]) == ("茨城県", "")
