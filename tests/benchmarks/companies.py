"""Deterministic companies for benchmarks: the first 2,000 of 10,000 are the 2,000, and so on."""

from __future__ import annotations

import csv
import random
from collections.abc import Iterator, Sequence
from datetime import date, timedelta
from pathlib import Path

from company_db.classification import codes
from company_db.corporate_number import check_digit
from company_db.model import (
    PUBLISHABLE_FIELDS,
    CapabilityRecord,
    CertificationRecord,
    CompanyRecord,
    EquipmentRecord,
    ProductRecord,
)
from company_db.registry.file import load_registry_file
from company_db.registry.intake import import_registry
from company_db.runs import Intake
from company_db.schema import SCHEMA
from company_db.store import CompanyStore
from generator.settings import Settings
from generator.storage import migrations
from generator.storage.database import open_database

SEED = 20231122
MEMBER_EVERY = 40
"""One company in forty is a member: 2,000 of 80,000."""

_FAMILY = """根本 ネモト,菊池 キクチ,飯村 イイムラ,海老原 エビハラ,塚田 ツカダ,荒川 アラカワ,青山 アオヤマ,篠田 シノダ,沼尻 ヌマジリ,
豊島 トヨシマ,石橋 イシバシ,細野 ホソノ,軍司 グンジ,鴨下 カモシタ,黒川 クロカワ,綿貫 ワタヌキ,照井 テルイ,大森 オオモリ,長塚 ナガツカ"""
_TRADE = """製作所 セイサクショ,精機 セイキ,工業 コウギョウ,電機 デンキ,建設 ケンセツ,食品 ショクヒン,商事 ショウジ,運輸 ウンユ,
設計 セッケイ,技研 ギケン,板金 バンキン,
印刷 インサツ,樹脂 ジュシ,農園 ノウエン,水産 スイサン,木工 モッコウ,石材 セキザイ,不動産 フドウサン"""
_TOWNS = "中央,本町,栄町,新町,大町,元町,城南,東原,緑町,旭町,若松町,北山,南台,宮町,堀町,石川"
_MACHINES = (
    "5軸マシニングセンタ,複合旋盤,平面研削盤,レーザー加工機,サーボプレス,三次元測定機,射出成形機,真空炉"
)
_SENTENCES = """図面一枚から相談できます。,試作から量産まで続けて受けます。,全数を検査して出荷します。,急ぎの仕事にも人を割きます。,
材料の調達から引き受けます。,県内の仲間の会社と組んで広い加工に応えます。"""


def corporate_number(serial: int) -> str:
    """Return a number of a registry office that does not exist."""
    base = f"9998{serial:08d}"
    return check_digit(base) + base


def registry_rows(count: int) -> Iterator[list[str]]:
    """Yield rows of the corporate-number register."""
    towns = tuple(codes.municipalities().values())
    families, trades = (_pairs(_FAMILY), _pairs(_TRADE))
    places = _TOWNS.split(",")
    for serial in range(count):
        dice = random.Random(SEED * 1_000_003 + serial)
        town = towns[min(int(dice.expovariate(1 / 11)), len(towns) - 1)]
        (family, family_kana), (trade, trade_kana) = dice.choice(families), dice.choice(trades)
        row = [""] * 30
        name = f"株式会社{family}{trade}{serial}"
        head = (
            str(serial + 1),
            corporate_number(serial),
            "01",
            "0",
            "2023-11-01",
            "2015-10-05",
            name,
            "",
            "301",
        )
        row[0:10] = [*head, "茨城県"]
        row[10] = town.full_name
        row[11] = (
            f"{dice.choice(places)}{dice.randint(1, 5)}丁目{dice.randint(1, 30)}番{dice.randint(1, 20)}号"
        )
        row[13:16] = ["08", town.code[2:], f"31{dice.randint(0, 99999):05d}"]
        row[22:24] = ["2015-10-05", "1"]
        row[28:30] = [family_kana + trade_kana, "0"]
        yield row


def members(count: int, on: date) -> Iterator[CompanyRecord]:
    """Yield the members among the first ``count`` companies, every field published."""
    for serial, row in enumerate(registry_rows(count)):
        if serial % MEMBER_EVERY == 0:
            yield _member(serial, row, on)


def _member(serial: int, row: Sequence[str], on: date) -> CompanyRecord:
    dice = random.Random(SEED * 999_983 + serial)
    processes = dice.sample(list(codes.processes()), dice.randint(1, 4))
    materials, lots = list(codes.materials()), list(codes.lots())
    return CompanyRecord(
        key=row[1],
        name=row[6],
        kana=row[28],
        name_en=f"Example Company {serial} Co., Ltd.",
        headline=f"{codes.processes()[processes[0]].ja}で小さな部品をつくります",
        headline_en=f"Small parts by {codes.processes()[processes[0]].en.lower()}",
        representative="見本 太郎",
        postal_code=f"{row[15][:3]}-{row[15][3:]}",
        address=f"{row[9]}{row[10]}{row[11]}",
        municipality_code=row[13] + row[14],
        telephone=f"029-{dice.randint(200, 899)}-{dice.randint(0, 9999):04d}",
        url=f"https://www.company{serial}.example.jp/",
        founded=str(dice.randint(1920, 2020)),
        capital_yen=dice.choice((3, 5, 10, 20, 50, 98)) * 1_000_000,
        employees=min(900, int(dice.lognormvariate(2.8, 1.0)) + 1),
        industries=tuple(dice.sample([code for code in codes.industries() if code[0] in "EI"], 2)),
        business="".join(dice.sample(_SENTENCES.replace("\n", "").split(","), 4)),
        business_en="We take small orders and deliver with full inspection.",
        capabilities=tuple(
            CapabilityRecord(
                process=process,
                materials=tuple(dice.sample(materials, dice.randint(1, 4))),
                max_size=f"{dice.randint(1, 20) * 100}×{dice.randint(1, 10) * 100} mm",
                accuracy=f"±0.0{dice.randint(1, 9)} mm",
                lots=tuple(dice.sample(lots, 2)),
                minimum_lot=dice.choice((None, 1, 10, 100)),
            )
            for process in processes
        ),
        equipment=tuple(
            EquipmentRecord(
                name=name, maker="見本機械", model=f"M-{dice.randint(1, 99)}", count=dice.randint(1, 8)
            )
            for name in dice.sample(_MACHINES.split(","), dice.randint(1, 5))
        ),
        certifications=tuple(
            CertificationRecord(code=code, number=f"JP-{serial}", expires=on + timedelta(days=400))
            for code in dice.sample(list(codes.certifications()), dice.randint(0, 3))
        ),
        products=(
            ProductRecord(name="精密部品", name_en="Precision parts", description="図面どおりに作ります。"),
        ),
        strengths=("短い納期", "小さなロット"),
        pr="".join(dice.sample(_SENTENCES.replace("\n", "").split(","), 3)),
        pr_en="Please ask us about your drawings.",
        languages=("ja", "en"),
        export_countries=("US", "TW"),
        accepts_orders=True,
        registered=on - timedelta(days=dice.randint(1, 3000)),
        confirmed=on - timedelta(days=dice.randint(1, 500)),
        consent=PUBLISHABLE_FIELDS,
    )


def make_database(settings: Settings, count: int, intake: Intake) -> None:
    """Fill a new database with the first ``count`` companies."""
    settings.build.mkdir(parents=True, exist_ok=True)
    migrations.upgrade(SCHEMA, settings)
    engine = open_database(SCHEMA.url_of(settings))
    try:
        file = _write(settings.build / "08_ibaraki_all_20231101.csv", registry_rows(count))
        import_registry(engine, [load_registry_file(file)], lambda _name: intake, prefecture="08")
        CompanyStore(engine).save(members(count, settings.as_of()), intake)
    finally:
        engine.dispose()


def _write(path: Path, rows: Iterator[list[str]]) -> Path:
    with path.open("w", encoding="utf-8", newline="") as out:
        csv.writer(out).writerows(rows)
    return path


def _pairs(text: str) -> list[tuple[str, str]]:
    return [(word, kana) for word, kana in (entry.split() for entry in text.split(","))]
