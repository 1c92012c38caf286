"""The FY2023 plan file holds every line of the organisation's plan, exactly."""

from __future__ import annotations

from pathlib import Path

import pytest

from generator.content.codes import FundingKind
from generator.content.reader import read_content
from generator.plan.model import Counts, Plan, PlanLine

CONTENT = Path(__file__).parents[3] / "content"

SECTIONS = [  # key, marker, title, funding, budget (千円), of which grants (千円)
    ("1-1", "(1)①", "いばらきグローバルビジネス推進事業", "県受託", 30_644, None),
    ("1-2", "(1)②", "茨城県中小企業外国出願支援事業", "国補助", 13_700, None),
    ("2-1", "(2)①", "ものづくり産業マッチング支援事業", "県補助", 26_507, None),
    ("2-2", "(2)②", "下請かけこみ寺事業", "国受託", 0, None),
    ("2-3", "(2)③", "その他（補助金申請等の相談）", "記載なし", None, None),
    ("3-1", "(3)①", "いばらきチャレンジ基金 助成事業（単年）", "県補助", 60_324, 60_000),
    ("3-2", "(3)②", "いばらきチャレンジ基金 助成事業（複数年）", "基金運用", 23_570, 22_000),
    ("4-1", "(4)①", "中小企業エキスパート派遣事業", "県補助・企業負担金", 34_032, None),
    ("4-2", "(4)②", "経営革新フォローアップ専門家派遣事業", "県受託", 1_766, None),
    ("4-3", "(4)③", "地域課題解決型起業支援事業", "県補助・県受託", 17_201, 10_000),
    ("4-4", "(4)④", "いばらき生産性向上人材育成事業", "記載なし", None, None),
    ("5", "(5)", "よろず支援拠点事業", "国受託", 154_755, None),
    ("6-1", "(6)①", "知財総合支援窓口事業", "国受託", 39_545, None),
    ("6-2", "(6)②", "いばらき知財戦略推進事業", "県補助", 2_598, None),
    ("7", "(7)", "中小企業情報発信事業", "県補助", 8_467, None),
    ("8", "(8)", "設備資金貸付事業", "記載なし", None, None),
    ("9", "(9)", "設備貸与事業、県単独機械類貸与事業", "記載なし", None, None),
    ("10", "(10)", "新事業創出拠点設置運営事業", "県補助", 198_915, None),
]

LINES = [  # key, text, target, unit, flag
    ("1-1-ア", "専門家の配置", 3, "人", ""),
    ("1-1-イ", "海外展開に取り組む県内中小企業等の掘り起こし", None, "", "随時"),
    ("1-1-ウ", "展示商談会への出展支援（オンラインを含む。）", 3, "回", "回程度"),
    ("1-1-エ", "オンライン商談の実施", None, "", "随時"),
    ("1-1-オ", "貿易投資相談", None, "", "随時"),
    ("1-1-カ", "貿易実務研修の開催", 1, "コース", ""),
    ("1-1-キ", "海外展開セミナーの開催", 3, "回", ""),
    ("1-1-ク", "ホームページ等による海外展開支援情報提供", None, "", "随時"),
    ("1-1-ケ", "メールマガジンによる海外展開支援情報提供", 48, "件", ""),
    ("1-2-ア", "海外での特許取得", 6, "件", ""),
    ("1-2-イ", "海外での実用新案取得", 1, "件", ""),
    ("1-2-ウ", "海外での意匠取得", 1, "件", ""),
    ("1-2-エ", "海外での商標取得", 5, "件", ""),
    ("1-2-オ", "海外での冒認対策商標取得", 1, "件", ""),
    ("2-1-ア", "ビジネスコーディネーター等の配置", 4, "人", ""),
    ("2-1-イ", "専門展示会への出展", 3, "回", ""),
    ("2-1-ウ", "広域商談会の開催", 1, "回", ""),
    ("2-1-エ", "提案型商談会の開催", 6, "回", ""),
    ("2-1-オ", "ビジネス情報交換会の開催", 1, "回", ""),
    ("2-1-カ", "受発注企業の登録促進", None, "", "随時"),
    ("2-1-キ", "取引紹介あっせん（オンライン商談含む）", None, "", "随時"),
    ("2-1-ク", "受発注の情報提供", None, "", "随時"),
    ("2-1-ケ-ア", "発注企業実態調査", 1, "回", ""),
    ("2-1-ケ-イ", "受注企業実態調査", 1, "回", ""),
    ("2-1-ケ-ウ", "取引状況調査", 1, "回", ""),
    ("2-1-ケ-エ", "受・発注企業との情報交換会の開催", 1, "回", ""),
    ("2-1-コ", "受発注取引に係る会議及び研修", 3, "回", ""),
    ("2-2-ア", "相談員の配置", 1, "名", ""),
    ("2-3-ア", "補助金申請等に関する各種相談への対応", None, "", "随時"),
    ("3-1-ア", "海外販路開拓促進事業", None, "", ""),
    ("3-1-イ", "新技術・新製品開発促進事業", None, "", ""),
    ("3-2-ア", "新技術・新製品開発促進事業", None, "", ""),
    ("4-1-ア", "総括テクノエキスパートの配置", 4, "人", ""),
    ("4-1-イ", "エキスパート派遣", 780, "日", ""),
    ("4-1-イ-1", "うち新型コロナウィルス関連支援枠（無料派遣）", 40, "日", "内数 4-1-イ"),
    ("4-2-ア", "専門家派遣日数", 50, "日", ""),
    ("4-3-ア", "支援件数", 5, "件", ""),
    ("4-3-イ", "補助金額", 10_000, "千円", ""),
    ("4-3-ウ", "コーディネーターの配置", 3, "人", ""),
    ("4-4-ア", "生産性向上定着支援", None, "", ""),
    ("5-ア", "コーディネーター等の配置", 30, "人", ""),
    ("5-イ", "サテライト拠点の開設（支援機関・金融機関等）", 10, "か所", ""),
    ("5-ウ", "出張相談会の開催（商工会議所・商工会・市町村等）", None, "", "随時"),
    ("5-エ", "連携フォーラムの開催", 1, "回", ""),
    ("5-オ", "連携パートナー研修会の開催", 1, "回", ""),
    ("5-カ", "連携コミュニティ（スラック）の運営", None, "", "随時"),
    ("5-キ", "テストマーケティング会の開催", 2, "回", ""),
    ("5-ク", "ミニセミナー・個別相談会の開催", None, "", "随時"),
    ("5-ケ", "プロジェクトチームの編成（重点分野支援等）", None, "", "随時"),
    ("5-コ", "相談対応特別チームの編成（デジタル化推進等）", None, "", "随時"),
    ("5-サ", "成長志向企業への伴走支援（中堅企業支援等）", None, "", "随時"),
    ("5-シ", "拠点広報（よろずチャンネル等）", None, "", "随時"),
    ("6-1-ア", "知財支援専門員の配置", 8, "人", ""),
    ("6-1-イ", "弁理士等の知財専門家派遣", None, "", "随時"),
    ("6-2-ア", "特許関連情報（特許出願方法や支援施策等）の整備と提供", None, "", ""),
    ("6-2-イ", "開放特許の登録", 100, "件", ""),
    ("6-2-ウ", "特許技術の斡旋・仲介", 24, "回", ""),
    ("6-2-エ", "シーズ発表会の開催", 2, "回", ""),
    ("6-2-オ", "シーズ実用化検討会の開催", 5, "回", ""),
    ("7-ア", "茨城県企業データベースによる企業情報提供支援", None, "", "随時"),
    ("7-イ", "ホームページ等による情報提供", None, "", "随時"),
    ("7-ウ", "メールマガジンによる情報提供", 48, "回", ""),
    ("7-エ", "相談窓口業務による情報提供", None, "", "随時"),
    ("7-オ", "各種情報媒体による情報提供", None, "", "随時"),
    ("8-ア", "貸付残高", 3, "件", ""),
    ("9-ア", "償却済の未収債権の管理", None, "", ""),
    ("10-ア", "役職員設置費", None, "", ""),
    ("10-イ", "事務所賃料、共益費", None, "", ""),
    ("10-ウ", "会計監査人設置費", None, "", ""),
    ("10-エ", "その他共通経費（公用車、事務機器整備費用等）", None, "", ""),
]


@pytest.fixture(scope="module")
def plan() -> Plan:
    plans = [
        thing for thing in read_content(CONTENT).things if isinstance(thing, Plan) and thing.year == 2023
    ]
    assert len(plans) == 1
    return plans[0]


def flag(line: PlanLine) -> str:
    words = [
        "随時" if line.ongoing else "",
        f"{line.unit}程度" if line.approximate else "",
        f"内数 {line.part_of}" if line.part_of else "",
    ]
    return " ".join(filter(None, words))


def test_every_section_has_its_marker_title_funding_and_budget(plan: Plan) -> None:
    found = [
        (s.key, s.marker, s.title, s.funding.ja, s.budget_thousand_yen, s.grants_thousand_yen)
        for s in plan.sections
    ]
    assert found == SECTIONS


def test_every_line_has_its_text_target_unit_and_flag(plan: Plan) -> None:
    found = [(n.key, n.text, n.target, n.unit, flag(n)) for s in plan.sections for n in s.lines]
    assert found == LINES


def test_every_line_stands_in_the_section_its_key_names(plan: Plan) -> None:
    assert all(line.key.startswith(f"{s.key}-") for s in plan.sections for line in s.lines)


def test_the_stated_budgets_add_up(plan: Plan) -> None:
    assert sum(s.budget_thousand_yen or 0 for s in plan.sections) == 612_024


def test_every_section_with_a_budget_names_its_funder(plan: Plan) -> None:
    for section in plan.sections:
        stated = section.budget_thousand_yen is not None
        assert (section.funding is not FundingKind.NONE) == stated == bool(section.funder), section.key


def test_the_fund_table_adds_up(plan: Plan) -> None:
    section = plan.section("3-2")
    assert section is not None
    assert [(share.contributor, share.amount_yen) for share in section.fund] == [
        ("中小企業基盤整備機構", 6_000_000_000),
        ("茨城県", 20_000_000),
        ("当機構", 1_490_000_000),
    ]
    assert sum(share.amount_yen for share in section.fund) == 7_510_000_000


def test_the_loan_balances_add_up_to_the_stated_balance(plan: Plan) -> None:
    section = plan.section("8")
    assert section is not None
    assert [(b.label, b.count, b.amount_thousand_yen) for b in section.loans] == [
        ("正常債権", 2, 4_214),
        ("未収債権", 1, 828),
    ]
    assert sum(b.count for b in section.loans) == section.lines[0].target == 3
    assert sum(b.amount_thousand_yen for b in section.loans) == 5_042


def test_fourteen_event_lines_promise_thirty_three(plan: Plan) -> None:
    counted = [
        line
        for section in plan.sections
        for line in section.lines
        if line.counts in {Counts.EVENTS, Counts.COURSES} and line.target is not None
    ]
    assert len(counted) == 14
    assert sum(line.target or 0 for line in counted) == 33


def test_the_two_newsletter_promises_count_different_things(plan: Plan) -> None:
    items, issues = plan.line("1-1-ケ"), plan.line("7-ウ")
    assert items is not None
    assert issues is not None
    assert (items.target, items.unit, items.counts) == (48, "件", Counts.ITEMS)
    assert (issues.target, issues.unit, issues.counts) == (48, "回", Counts.ISSUES)


def test_staff_type_only_lines_that_are_counted_by_staff(plan: Plan) -> None:
    by_staff = {line.key for s in plan.sections for line in s.lines if line.counts is Counts.STAFF}
    assert {actual.line for actual in plan.actuals} == by_staff
