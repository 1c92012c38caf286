"""The directory's own words, in Japanese and in English, side by side."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Words:
    """Every label of the directory in one language; already safe to stand in HTML."""

    language: str
    prefix: str  # before the address of every page of this language
    other: str  # the other language
    other_name: str
    directory: str
    home: str
    place_home: str
    breadcrumb: str
    member: str
    members: str
    registered_only: str
    registered_only_many: str
    corporate_number: str
    kind: str
    address: str
    factory: str
    municipality: str
    open_map: str
    map_of: str
    facts: str
    capabilities: str
    process: str
    materials: str
    size: str
    accuracy: str
    lot: str
    minimum_lot: str
    pieces: str
    equipment: str
    machine: str
    maker_model: str
    count: str
    capacity: str
    inspection: str
    products: str
    roles: dict[str, str]
    certifications: str
    certification: str
    number: str
    expires: str
    expired: str
    business: str
    strengths: str
    about: str
    photos: str
    representative: str
    telephone: str
    website: str
    founded: str
    capital: str
    employees: str
    industries: str
    customers: str
    patents: str
    languages: str
    exports: str
    accepts_orders: str
    yes: str
    no: str
    related: str
    confirmed: str
    never_confirmed: str
    stale: str
    ask: str
    ask_note: str
    mend: str
    keep: str
    closed: str
    closed_short: str
    successor: str
    source: str
    yen: str
    people: str
    unit_count: str
    page: str
    previous: str
    following: str
    pages: str
    data: str
    companies: str
    empty: str
    by: dict[str, str]
    other_list: dict[str, str]
    list_of: str
    newest: str
    fresh: str
    total: str
    map_title: str
    map_note: str
    as_list: str
    lead: str
    search: str
    search_button: str


JA = Words(
    language="ja",
    prefix="",
    other="en",
    other_name="English",
    directory="茨城県企業データベース",
    home="企業データベース",
    place_home="ホーム",
    breadcrumb="現在の場所",
    member="会員企業",
    members="会員企業",
    registered_only="登録法人",
    registered_only_many="法人番号の登録がある法人",
    corporate_number="法人番号",
    kind="法人の種類",
    address="所在地",
    factory="工場",
    municipality="市町村",
    open_map="地図を開く（外部サイト）",
    map_of="{}の位置（略図）",
    facts="会社の概要",
    capabilities="できる加工",
    process="加工",
    materials="材質",
    size="大きさ",
    accuracy="精度",
    lot="ロット",
    minimum_lot="最小",
    pieces="個から",
    equipment="設備",
    machine="名称",
    maker_model="メーカー・型式",
    count="台数",
    capacity="能力",
    inspection="検査",
    products="製品・サービス",
    roles={"maker": "製造", "distributor": "販売", "service": "サービス"},
    certifications="認証",
    certification="認証の名前",
    number="番号",
    expires="有効期限",
    expired="期限を過ぎています",
    business="事業の内容",
    strengths="得意なこと",
    about="会社から",
    photos="写真",
    representative="代表者",
    telephone="電話",
    website="ウェブサイト",
    founded="設立",
    capital="資本金",
    employees="従業員",
    industries="業種",
    customers="主な取引先",
    patents="特許",
    languages="対応できる言語",
    exports="輸出したことのある国・地域",
    accepts_orders="受注",
    yes="受け付けています",
    no="いまは受け付けていません",
    related="関係する情報",
    confirmed="最終確認日",
    never_confirmed="まだ確認していません",
    stale="内容が古いかもしれません",
    ask="機構を通じて問い合わせる",
    ask_note="機構が企業に取り次ぎます。",
    mend="自社の掲載内容を直す",
    keep="候補に入れる",
    closed="この法人は{}に閉鎖されました",
    closed_short="閉鎖",
    successor="引き継いだ法人",
    source="出典：国税庁法人番号公表サイト（機構が加工して作成）",
    yen="円",
    people="人",
    unit_count="台",
    page="{}ページ目",
    previous="前へ",
    following="次へ",
    pages="ページの移動",
    data="この一覧のデータ",
    companies="社",
    empty="いま載っている企業はありません。",
    by={
        "municipality": "市町村から",
        "industry": "業種から",
        "process": "加工から",
        "certification": "認証から",
        "kana": "五十音から",
    },
    other_list={"municipality": "県外・不明", "kana": "その他"},
    list_of="{}の企業",
    newest="新しく載った会員企業",
    fresh="最近確認した会員企業",
    total="掲載",
    map_title="市町村から探す地図（略図）",
    map_note="数は掲載している企業の数です。地図は実際の形や広さを表しません。",
    as_list="市町村の名前から選ぶ",
    lead="つくれるもの、加工、認証から、茨城県の企業を探せます。",
    search="企業を探す",
    search_button="探す",
)

EN = Words(
    language="en",
    prefix="en/",
    other="ja",
    other_name="日本語",
    directory="Ibaraki Company Directory",
    home="Company directory",
    place_home="Home",
    breadcrumb="You are here",
    member="Member",
    members="Member companies",
    registered_only="Registered corporation",
    registered_only_many="Corporations in the national register",
    corporate_number="Corporate number",
    kind="Legal form",
    address="Address",
    factory="Factory",
    municipality="Municipality",
    open_map="Open a map (external site)",
    map_of="Where {} lies (schematic)",
    facts="Company facts",
    capabilities="Capabilities",
    process="Process",
    materials="Materials",
    size="Size",
    accuracy="Accuracy",
    lot="Lots",
    minimum_lot="Minimum",
    pieces="pcs",
    equipment="Equipment",
    machine="Machine",
    maker_model="Maker, model",
    count="Units",
    capacity="Capacity",
    inspection="Inspection",
    products="Products and services",
    roles={"maker": "Maker", "distributor": "Distributor", "service": "Service"},
    certifications="Certifications",
    certification="Certification",
    number="Number",
    expires="Valid until",
    expired="expired",
    business="Business",
    strengths="Strengths",
    about="From the company",
    photos="Pictures",
    representative="Representative",
    telephone="Telephone",
    website="Website",
    founded="Founded",
    capital="Capital",
    employees="Employees",
    industries="Industry",
    customers="Main customers",
    patents="Patents",
    languages="Languages",
    exports="Export experience",
    accepts_orders="New orders",
    yes="Accepted",
    no="Not accepted at present",
    related="Related information",
    confirmed="Last confirmed",
    never_confirmed="Not confirmed yet",
    stale="may be out of date",
    ask="Ask through our office",
    ask_note="We pass your inquiry on to the company.",
    mend="Update this page (members)",
    keep="Add to shortlist",
    closed="This corporation was closed on {}",
    closed_short="Closed",
    successor="Successor",
    source="Source: National Tax Agency Corporate Number Publication Site (edited by this organization)",
    yen="JPY",
    people="",
    unit_count="",
    page="page {}",
    previous="Previous",
    following="Next",
    pages="Pages",
    data="Data of this list",
    companies="companies",
    empty="No company is listed here at present.",
    by={
        "municipality": "By municipality",
        "industry": "By industry",
        "process": "By process",
        "certification": "By certification",
        "kana": "By Japanese syllable",
    },
    other_list={"municipality": "Elsewhere", "kana": "Other"},
    list_of="Companies: {}",
    newest="New members",
    fresh="Recently confirmed members",
    total="Listed",
    map_title="Choose a municipality on the map (schematic)",
    map_note="Numbers are listed companies. The map does not show true shapes or areas.",
    as_list="Choose by name",
    lead="Find companies in Ibaraki, Japan, by what they make, by process or by certification.",
    search="Find companies",
    search_button="Search",
)

WORDS = {"ja": JA, "en": EN}
