"""Deterministic documents and queries for the search benchmark; the first 2,000 of 10,000 are the 2,000."""

from __future__ import annotations

import csv
import io
import random
import zipfile
from collections.abc import Iterator
from functools import cache
from pathlib import Path

from company_db.classification import codes
from generator.search.document import SearchDocument

SEED = 20231122
# ruff: noqa: E501, SIM905
_FAMILY = """根本 ネモト Nemoto,菊池 キクチ Kikuchi,飯村 イイムラ Iimura,海老澤 エビサワ Ebisawa,塚田 ツカダ Tsukada,荒川 アラカワ Arakawa,
青山 アオヤマ Aoyama,篠田 シノダ Shinoda,沼尻 ヌマジリ Numajiri,豊島 トヨシマ Toyoshima,石橋 イシバシ Ishibashi,細野 ホソノ Hosono,
軍司 グンジ Gunji,髙橋 タカハシ Takahashi,黒川 クロカワ Kurokawa,渡邉 ワタナベ Watanabe,照井 テルイ Terui,大森 オオモリ Omori,
常陸 ヒタチ Hitachi,筑波 ツクバ Tsukuba,霞ヶ浦 カスミガウラ Kasumigaura,那珂 ナカ Naka,鹿島 カシマ Kashima,常磐 ジョウバン Joban,
アクアテック アクアテック Aquatec,ミライクラフト ミライクラフト Miraicraft,ナノワークス ナノワークス Nanoworks,ユニリンク ユニリンク Unilink"""
_TRADE = """製作所 セイサクショ Seisakusho,精機 セイキ Seiki,工業 コウギョウ Kogyo,電機 デンキ Denki,建設 ケンセツ Kensetsu,食品 ショクヒン Foods,
商事 ショウジ Shoji,運輸 ウンユ Unyu,設計 セッケイ Sekkei,技研 ギケン Giken,板金 バンキン Bankin,鋳造 チュウゾウ Chuzo,樹脂 ジュシ Jushi,
農園 ノウエン Farm,水産 スイサン Suisan,木工 モッコウ Mokko,石材 セキザイ Sekizai,システム システム System"""
_MACHINES = """マシニングセンター,５軸加工機,複合旋盤,ＮＣ旋盤,ワイヤー放電加工機,平面研削盤,レーザー加工機,タレットパンチプレス,サーボプレス,
三次元測定機,画像測定機,真円度測定機,Ｘ線ＣＴ装置,走査型電子顕微鏡,射出成形機,真空炉,連続炉,粉体塗装ライン,表面実装機,協働ロボット"""
_GOODS = """半導体製造装置部品,真空チャンバー,航空機部品,ロケットエンジン部品,医療機器部品,人工関節,内視鏡部品,自動車用シャフト,ＥＶ用モーターコア,
油圧バルブ,減速機,ベアリング,歯車,ばね,ロボットハンド,搬送装置,検査装置,分析装置,加速器部品,配電盤,制御盤,コネクタ,センサー,精密金型,干し芋,
笠間焼,結城紬,日本酒,地ビール,冷凍食品,水処理装置,集塵機,ボイラー,圧力容器,鉄骨,橋梁部材"""
_PLANS = (
    "創業{y}年、{p}の{w}を得意とし、{g}を製造しています。",
    "{m}と{n}を備え、{a}の{w}に対応します。",
    "試作から量産まで一貫して受け、{g}では±{k}μmの精度を実現しました。",
    "図面一枚から相談できます。急ぎの{w}にも人を割きます。",
    "近年は{a}を用いた{g}の開発に取り組み、{y}年にものづくり補助金の採択を受けました。",
    "{m}{k}台と{n}{j}台で{g}から{h}まで全数を検査して出荷します。",
    "大学や研究機関との共同研究で{a}の{v}を改めました。",
    "海外の展示会に出展し、{g}の輸出を進めています。",
)
_TOWNS = "中央,本町,栄町,新町,大町,元町,城南,東原,緑町,旭町,若松町,北山,南台,宮町,堀町,石川,千波町,笠原町,桜川,見川".split(
    ","
)
_FORMS = ("株式会社{}", "{}株式会社", "有限会社{}", "合同会社{}", "㈱{}")


def _list(text: str) -> list[str]:
    return [part.strip() for part in text.replace("\n", "").split(",")]


@cache
def _words() -> dict[str, list[str]]:
    return {
        "processes": [entry.ja for entry in codes.processes().values()],
        "materials": [entry.ja for entry in codes.materials().values()],
        "certifications": [entry.ja for entry in codes.certifications().values()],
        "machines": _list(_MACHINES),
        "goods": _list(_GOODS),
    }


def full_documents(count: int) -> Iterator[SearchDocument]:
    """Yield companies that all have a profile with a PR text of 100 to 300 characters."""
    for serial in range(count):
        yield _company(random.Random(SEED * 1_000_003 + serial), serial)


def _company(chance: random.Random, serial: int) -> SearchDocument:
    words = _words()
    family, trade = chance.choice(_list(_FAMILY)).split(), chance.choice(_list(_TRADE)).split()
    code, town = chance.choice(list(codes.municipalities().items()))
    industry = chance.choice(list(codes.industries().values()))
    own = {name: chance.sample(words[name], chance.randint(1, 4)) for name in ("processes", "materials")}
    machines = [
        f"{one} {chance.randint(1, 9)}台" for one in chance.sample(words["machines"], chance.randint(0, 4))
    ]
    held = chance.sample(words["certifications"], chance.choice((0, 0, 1, 1, 2, 3)))
    pr = ""
    while len(pr) < chance.randint(100, 260):
        pr += _sentence(chance)
    name = chance.choice(_FORMS).format(family[0] + trade[0])
    return SearchDocument(
        key=f"companies/{serial:013d}",
        url=f"companies/{serial:013d}/",
        kind="companies",
        language="ja",
        title=name,
        brief=f"{town.ja} {own['processes'][0]}",
        fields={
            "name": name,
            "kana": family[1] + trade[1],
            "english": f"{family[2]} {trade[2]} Co., Ltd.",
            "address": f"{town.ja}{chance.choice(_TOWNS)}{chance.randint(1, 5)}-{chance.randint(1, 30)}-{chance.randint(1, 20)}",
            "processes": "\n".join(own["processes"]),
            "materials": "\n".join(own["materials"]),
            "equipment": "\n".join(machines),
            "products": "\n".join(chance.sample(words["goods"], chance.randint(1, 3))),
            "text": "\n".join([pr, *held]),
        },
        facets={
            "municipality": (f"{code}\t{town.ja}",),
            "industry": (f"{industry.code}\t{industry.ja}",),
            "process": tuple(own["processes"]),
            "material": tuple(own["materials"]),
            "certification": tuple(held),
            "employees": (str(chance.choice((5, 20, 50, 100, 300))),),
        },
        rank=1.0,
        sort_key=family[1] + trade[1],
        confirmed=f"2023-{chance.randint(1, 12):02d}-{chance.randint(1, 28):02d}",
    )


def _sentence(chance: random.Random) -> str:
    words = _words()
    pick = chance.choice
    return pick(_PLANS).format(
        y=chance.randint(1920, 2023), p=pick(words["materials"]), a=pick(words["materials"]), w=pick(words["processes"]),
        v=pick(words["processes"]), g=pick(words["goods"]), h=pick(words["goods"]), m=pick(words["machines"]),
        n=pick(words["machines"]), k=pick((1, 2, 3, 5, 10, 20)), j=chance.randint(1, 6),
    )  # fmt: skip


def register_documents(archive: Path, members: int) -> Iterator[SearchDocument]:
    """Yield the real register's rows as lean pages and, beside them, members with full profiles."""
    yield from full_documents(members)
    with zipfile.ZipFile(archive) as zipped, zipped.open(_table_of(zipped)) as file:
        for row in csv.reader(io.TextIOWrapper(file, "utf-8")):
            town = f"{row[9]}{row[10]}"
            yield SearchDocument(
                key=f"companies/{row[1]}",
                url=f"companies/{row[1]}/",
                kind="companies",
                language="ja",
                title=row[6],
                brief=town,
                fields={
                    "name": row[6],
                    "address": f"{town}{row[11]}",
                    "kana": row[28] if len(row) > 28 else "",
                },
                facets={"municipality": (row[13] + row[14],)},
                sort_key=row[6],
            )


def _table_of(zipped: zipfile.ZipFile) -> str:
    return next(name for name in zipped.namelist() if name.endswith(".csv"))


def queries() -> list[str]:
    """Return at least 200 realistic queries of every kind that people type."""
    chance = random.Random(SEED)
    words = _words()
    towns = [town.ja for town in codes.municipalities().values()]
    families, trades = [f.split() for f in _list(_FAMILY)], [t.split() for t in _list(_TRADE)]
    found = [
        "加工",
        "製造",
        "溶接",
        "研削",
        "切削",
        "金型",
        "水戸",
        "日立",
        "常陸",
        "部品",
        "補助",
        "海外",
        "輸出",
        "検査",
        "精密",
        "真空",
        "鋳造",
        "樹脂",
    ]
    found += [
        "ｱﾙﾐ",
        "ﾚｰｻﾞｰ加工",
        "ﾏｼﾆﾝｸﾞ",
        "ＩＳＯ９００１",
        "iso14001",
        "5軸加工機",
        "EV用モータコア",
        "Ｘ線",
        "x線ct",
        "ものづくり",
        "ひたちなか市",
        "レーザ加工機",
    ]
    found += [
        "半導体 真空",
        "ものづくり補助金",
        "試作から量産まで",
        "大学や研究機関",
        "株式会社 根本",
        "㈱菊池",
        "高橋製作所",
        "渡辺精機",
        "海老沢",
        "霞ケ浦",
    ]
    found += [
        "加工 -アルミ",
        '"展示会に出展"',
        "切削 -水戸市",
        "三次元測定機",
        "画像測定機",
        "サーボプレス",
        "半導体製造装置部品",
        "ロケットエンジン",
    ]
    found += chance.sample(words["processes"], min(25, len(words["processes"]))) + chance.sample(
        words["materials"], min(15, len(words["materials"]))
    )
    found += (
        chance.sample(words["goods"], 20) + chance.sample(words["machines"], 12) + chance.sample(towns, 15)
    )
    found += [f"{chance.choice(words['processes'])} {chance.choice(towns)}" for _ in range(25)]
    found += [f"{chance.choice(words['materials'])} {chance.choice(words['processes'])}" for _ in range(15)]
    found += [chance.choice(families)[0] + chance.choice(trades)[0] for _ in range(20)]
    found += [chance.choice(families)[1] for _ in range(8)] + [chance.choice(families)[2] for _ in range(6)]
    found += [f"{chance.choice(families)[2]} {chance.choice(trades)[2]}" for _ in range(6)]
    return list(dict.fromkeys(found))
