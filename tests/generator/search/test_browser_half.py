"""The browser's half of search, run by Node against an index that Python built, and typed by tsc."""

from __future__ import annotations

import json
import os
import random
import re
import shutil
import subprocess
from pathlib import Path

import pytest

from generator.search import making, shards
from generator.search.document import SearchDocument
from generator.search.index import IndexReport, update_index
from generator.search.normalise import normalise
from generator.search.query import parse_query
from generator.search.source import SearchChanges, SearchSource

ROOT = Path(__file__).parents[3]
MODULES = ROOT / "templates/site/assets/search"
QUERY_PAIRS = ROOT / "tests/samples/search/queries.json"
NODE = shutil.which("node")
needs_node = pytest.mark.skipif(NODE is None, reason="node がありません。ブラウザー側の試験は飛ばします")

TOWNS = {"08201": "水戸市", "08202": "日立市", "08221": "ひたちなか市", "08220": "つくば市"}
NAMES = (
    "鈴木精機 スズキセイキ", "髙橋製作所 タカハシセイサクショ", "アクアテック アクアテック", "常陸鋳造 ヒタチチュウゾウ",
    "渡邉電機 ワタナベデンキ", "ＤＸラボ ディーエックスラボ", "コンピューター工房 コンピューターコウボウ", "大洗水産 オオアライスイサン",
)  # fmt: skip
PROCESSES = ("切削加工", "研削加工", "放電加工", "プレス加工", "レーザー加工", "焼入れ")
MATERIALS = ("アルミ", "ステンレス", "チタン合金", "ＳＵＳ３０４", "PEEK樹脂", "真鍮")
PHRASES = (
    "試作から量産まで一貫対応します。", "５軸加工機を備えています", "三次元測定で全数検査", "画像測定機もあります",
    "ものづくり補助金を活用", "半導体製造装置部品の精密加工", "ステンレスとプレス加工が得意です", "𠮷田式の技法、吉田流",
)  # fmt: skip


def make_documents(count: int, seed: int = 7) -> list[SearchDocument]:
    chance = random.Random(seed)
    made = []
    for number in range(count):
        name, kana = chance.choice(NAMES).split()
        code, town = chance.choice(list(TOWNS.items()))
        form = chance.choice(("株式会社{}", "{}株式会社", "㈲{}", "{}"))
        made.append(
            SearchDocument(
                key=f"companies/{number:04d}",
                url=f"companies/{number:04d}/",
                kind="companies",
                language="ja",
                title=form.format(name),
                brief=town,
                fields={
                    "name": form.format(name),
                    "kana": kana,
                    "english": f"Company {number} Co., Ltd.",
                    "address": f"{town}桜川{number % 7 + 1}－{number}",
                    "processes": "\n".join(chance.sample(PROCESSES, chance.randint(0, 2))),
                    "materials": "\n".join(chance.sample(MATERIALS, chance.randint(0, 2))),
                    "text": "\n".join(chance.sample(PHRASES, chance.randint(0, 3))),
                },
                facets={"municipality": (f"{code}\t{town}",)},
                rank=float(number % 2),
                sort_key=kana,
                confirmed=f"2023-{number % 12 + 1:02d}-01",
            )
        )
    return made


def build(
    folder: Path, documents: list[SearchDocument], *, processes: int = 1, gone: tuple[str, ...] | None = None
) -> IndexReport:
    """Build from all documents, or from changed and gone ones."""
    changes = SearchChanges(documents, gone or (), whole=gone is None)
    source = SearchSource("test", str(random.random()), lambda _: changes)
    return update_index([source], folder / "index", state_dir=folder / "state", processes=processes)


def truth(documents: list[SearchDocument], query: str) -> list[str]:
    terms = re.findall(r'(-?)(?:"([^"]*)"|(\S+))', query)
    wanted = [normalise(phrase or word) for minus, phrase, word in terms if not minus]
    unwanted = [normalise(phrase or word) for minus, phrase, word in terms if minus]
    found = []
    for document in documents:
        lines = [normalise(line) for field in document.fields.values() for line in field.split("\n")]
        if all(any(w in line for line in lines) for w in wanted) and not any(
            w in line for w in unwanted for line in lines
        ):
            found.append(document.url)
    return sorted(found)


QUERIES = (
    "加工", "切削加工", "切削", "ｱﾙﾐ", "あるみ", "ひたちなか市", "ひたちなか", "水戸 切削加工", "三次元測定機", "測定機",
    "ステンレス加工", "プレス加工", "5軸加工機", "dx", "DXラボ", "㈱鈴木精機", "株式会社 鈴木精機", "鈴木", "すずき", "高橋",
    "渡辺電機", "コンピュータ工房", "こんぴゅーたー", "焼", "機", "𠮷", "吉田流", "sus304", "PEEK", "peek樹脂", "company 7",
    '"company 7 co"', "co ltd", "加工 -アルミ", '加工 -"切削加工"', "ものづくり", "半導体製造装置部品の精密加工", "桜川1-", "ない言葉",
    "試作から量産まで一貫対応します。", "合金 放電", "大洗 -水戸", "有限会社", "(有)アクアテック", "レーザ加工", "量産 真鍮 日立市",
)  # fmt: skip


def run_node(tmp_path: Path, *tests: str, **environ: str) -> None:
    folder = tmp_path / "modules"
    shutil.copytree(MODULES, folder)
    for test in tests:
        shutil.copy(Path(__file__).parent / "node" / test, folder)
    (folder / "package.json").write_text('{"type": "module"}')
    done = subprocess.run(
        [NODE or "node", "--test", *tests],
        cwd=folder,
        env=dict(os.environ) | environ,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stdout[-6000:] + done.stderr[-2000:]


@pytest.mark.parametrize(("typed", "terms"), json.loads(QUERY_PAIRS.read_text(encoding="utf-8")))
def test_a_query_is_words_phrases_and_excluded_ones(typed: str, terms: list[list[object]]) -> None:
    assert [[term.text, term.exclude] for term in parse_query(typed)] == terms


@needs_node
def test_the_browser_reads_texts_and_queries_as_python_does(tmp_path: Path) -> None:
    run_node(
        tmp_path,
        "normalise.test.js",
        KOHO_RULES=str(ROOT / "generator/search/normaliser.json"),
        KOHO_PAIRS=str(ROOT / "tests/samples/search/normalise.json"),
        KOHO_QUERIES=str(QUERY_PAIRS),
    )


@needs_node
def test_the_small_parts_of_the_page_do_what_they_say(tmp_path: Path) -> None:
    run_node(tmp_path, "parts.test.js")


@needs_node
@pytest.mark.parametrize(("processes", "frequent"), [(1, 5_000), (1, 30), (2, 5_000)])
def test_search_finds_all_that_is_there_and_nothing_else(
    tmp_path: Path, processes: int, frequent: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(making, "_SMALL", 0)
    monkeypatch.setattr(shards, "FREQUENT", frequent)
    documents = make_documents(260)
    build(tmp_path, documents, processes=processes)
    towns = [[code, town, sum(d.brief == town for d in documents)] for code, town in sorted(TOWNS.items())]
    cases = {
        "truth": [[query, truth(documents, query)] for query in QUERIES],
        "first": [["アクアテック", "アクアテック"]],
        "suggested": [["切", "切削加工"], ["水戸 チタ", "水戸 チタン合金"], ["すず", "鈴木精機"]],
        "meant": [
            ["切削加口", "切削加工"],
            ["水戸 チタン合今", "水戸 チタン合金"],
            ["アクアテツケ", "アクアテック"],
        ],
        "towns": towns,
    }
    (tmp_path / "truth.json").write_text(json.dumps(cases))
    run_node(
        tmp_path,
        "engine.test.js",
        KOHO_INDEX=str(tmp_path / "index/ja"),
        KOHO_TRUTH=str(tmp_path / "truth.json"),
    )


@needs_node
@pytest.mark.parametrize("frequent", [5_000, 100])
def test_long_words_are_found_exactly_where_their_parts_repeat(
    tmp_path: Path, frequent: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(shards, "FREQUENT", frequent)
    chance = random.Random(11)

    def word(longest: int) -> str:
        return "".join(chance.choice("加工機") for _ in range(chance.randint(5, longest)))

    documents = [
        SearchDocument(
            key=f"{number:03d}",
            url=f"{number:03d}/",
            kind="companies",
            language="ja",
            title=f"{number:03d}",
            fields={"name": f"{number:03d}", "processes": word(12), "text": f"{word(30)}\n{word(20)}"},
        )
        for number in range(300)
    ]
    build(tmp_path, documents)
    cases = [[query, truth(documents, query)] for query in {word(9) for _ in range(200)}]
    (tmp_path / "truth.json").write_text(json.dumps(cases))
    index, expected = str(tmp_path / "index/ja"), str(tmp_path / "truth.json")
    run_node(tmp_path, "exact.test.js", KOHO_INDEX=index, KOHO_TRUTH=expected)


def test_the_browser_half_is_typed(tmp_path: Path) -> None:
    tsc = Path(__file__).parent / "node/node_modules/.bin/tsc"
    if NODE is None or not tsc.exists():
        pytest.skip("tsc がありません。型の検査は飛ばします（node と npm を入れて make checks-node）")
    flags = "--noEmit --allowJs --checkJs --strict --target es2022 --module esnext --moduleResolution bundler"
    done = subprocess.run(
        [tsc, *flags.split(), "--lib", "es2023,dom,dom.iterable", *map(str, MODULES.glob("*.js"))],
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stdout
