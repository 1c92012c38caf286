"""Support programs and calls as open data: GIF 制度 in JSON, and the known columns of 支援制度 in CSV."""

from __future__ import annotations

import orjson

from generator.content.codes import Topic
from generator.content.model import Grant, Place, Program
from generator.rendering.filters import rate_ja
from generator.site.open_data.area import prefecture_code, prefecture_name
from generator.site.open_data.dataset import LICENCE_URL, CellKind, CodeTable, Column, Dataset, cell_text
from generator.site.view import SiteView

JSON_PATH = "opendata/programs.json"


def programs_json(view: SiteView) -> bytes:
    """Write programs and calls by the GIF 制度 class (451-4-1): only the items that we know are there."""
    things = [_program(view, program) for program in view.programs]
    things += [_grant(view, grant) for grant in view.grants]
    return orjson.dumps({"ライセンス": LICENCE_URL, "制度": things}, option=orjson.OPT_INDENT_2, default=str)


def _program(view: SiteView, program: Program) -> dict[str, object]:
    section = view.section(program.section)
    return _known(
        {
            "制度所管組織": section.funder if section else "",
            "タイトル（制度名）": program.title,
            "制度番号": f"programs/{program.slug}",
            "地域": prefecture_name(view.settings),
            "概要": program.summary,
            "内容": program.offer,
            "対象者": program.audience,
            "申請届出方法": program.how,
            "募集時期": program.period,
            "詳細URL": view.absolute(program.address),
            "お困りごと": [need.ja for need in program.needs],
            "キーワード": [topic.ja for topic in program.topics],
            "実施組織・支援機関": view.settings.organization.name,
            "連絡先情報": _contact(view.place(program.desk)),
            "公開開始日": program.published,
            "公開終了日": program.withdrawn,
            "最終更新日": program.updated or program.published,
        }
    )


def _grant(view: SiteView, grant: Grant) -> dict[str, object]:
    program = view.program(grant.program)
    section = view.section(program.section) if program else None
    return _known(
        {
            "制度所管組織": section.funder if section else "",
            "タイトル（制度名）": grant.title,
            "サブタイトル（通称）": f"{grant.year}年度 第{grant.call_number}回公募",
            "制度番号": f"grants/{grant.slug}",
            "元制度番号": f"programs/{grant.program}",
            "地域": prefecture_name(view.settings),
            "概要": grant.summary,
            "対象者": grant.eligibility,
            "用途・対象物": grant.expenses,
            "給付上限額": grant.ceiling_yen,
            "最大補助率": str(grant.rate) if grant.rate else "",
            "申請届出方法": grant.how,
            "公募開始日": grant.opens,
            "公募終了日": grant.closes,
            "公募備考": f"{grant.closes_time:%H:%M} {grant.rule.ja}" if grant.closes_time else grant.rule.ja,
            "手続書類": list(grant.documents),
            "詳細URL": view.absolute(grant.address),
            "キーワード": [topic.ja for topic in grant.topics],
            "実施組織・支援機関": view.settings.organization.name,
            "連絡先情報": _contact(_desk(view, grant)),
            "最終更新日": grant.updated or grant.published or grant.opens,
        }
    )


def _desk(view: SiteView, grant: Grant) -> Place | None:
    program = view.program(grant.program)
    return view.place(grant.desk) or (view.place(program.desk) if program else None)


def _contact(desk: Place | None) -> dict[str, object] | None:
    if desk is None:
        return None
    return _known(
        {"名称": desk.title, "電話番号": desk.telephone, "メールアドレス": desk.email, "住所": desk.location}
    )


def _known(fields: dict[str, object]) -> dict[str, object]:
    return {name: value for name, value in fields.items() if value not in ("", None, [], {})}


_COLUMNS = (
    Column("全国地方公共団体コード", "area_code", "公開する団体の全国地方公共団体コード6桁", required=True),
    Column("地方公共団体の名称", "local_government", "公開する団体のある都道府県", required=True),
    Column("ID", "id", "この一覧の中で変わらない番号", required=True),
    Column("タイトル（制度名）", "title", "制度の名称", required=True),
    Column("サブタイトル（通称名）", "subtitle", "年度と回。公募だけ"),
    Column(
        "支援制度種別", "kind", "支援メニューか公募か", CellKind.CODE, required=True, codes="support_kind"
    ),
    Column("対象者", "eligibility", "だれが使えるか"),
    Column("用途・対象費", "expenses", "対象になる費用"),
    Column("制度概要", "summary", "一文の説明"),
    Column("内容", "offer", "何が受けられるか"),
    Column("給付金額", "ceiling_yen", "助成限度額。定めのないものは空", CellKind.NUMBER, unit="円"),
    Column("補助率", "rate", "助成率の上限"),
    Column("受付開始日", "opens", "公募開始日。通年のものは空", CellKind.DATE),
    Column("受付終了日", "closes", "公募終了日。通年のものは空", CellKind.DATE),
    Column("利用・申請方法", "how", "申し込み方"),
    Column("分野", "topic", "おもな分野", CellKind.CODE, codes="topic"),
    Column("URL", "url", "詳しいページ", CellKind.URL, required=True),
    Column("問い合わせ先", "desk", "窓口の名称"),
    Column("連絡先電話番号", "telephone", "窓口の電話番号", CellKind.PHONE),
    Column("公開日", "published", "公開した日", CellKind.DATE),
)
SUPPORT_KINDS = CodeTable(
    "support_kind",
    "支援制度の種別",
    [("program", "支援メニュー", "Support program"), ("grant", "助成金・補助金の公募", "Call for grants")],
)
TOPICS = CodeTable("topic", "分野", [(topic.value, topic.ja, topic.en) for topic in Topic])


def support_dataset(view: SiteView) -> Dataset:
    """Return programs and calls in the columns of 支援制度（給付金）情報 that are known."""
    head = (prefecture_code(view.settings), prefecture_name(view.settings))
    rows: list[tuple[object, ...]] = []
    for program in view.programs:
        desk = view.place(program.desk)
        rows.append(
            (
                *head,
                f"programs/{program.slug}",
                program.title,
                "",
                "program",
                program.audience,
                "",
                program.summary,
                program.offer,
                None,
                "",
                None,
                None,
                program.how,
                _topic(program),
                view.absolute(program.address),
                desk.title if desk else "",
                desk.telephone if desk else "",
                program.published,
            )
        )
    for grant in view.grants:
        desk = _desk(view, grant)
        rows.append(
            (
                *head,
                f"grants/{grant.slug}",
                grant.title,
                f"{grant.year}年度 第{grant.call_number}回",
                "grant",
                grant.eligibility,
                grant.expenses,
                grant.summary,
                grant.support_period,
                grant.ceiling_yen,
                rate_ja(grant.rate),
                grant.opens,
                grant.closes,
                grant.how,
                _topic(grant),
                view.absolute(grant.address),
                desk.title if desk else "",
                desk.telephone if desk else "",
                grant.published,
            )
        )
    return Dataset(
        "support",
        "支援制度一覧",
        "支援メニューと助成金の公募の一覧です。支援制度（給付金）情報のうち、当てはまる列を出しています。",
        _COLUMNS,
        rows,
        codes={"support_kind": SUPPORT_KINDS, "topic": TOPICS},
        updated=view.on,
        form="自治体標準オープンデータセット 支援制度（給付金）情報（一部の列）",
    )


def _topic(item: Program | Grant) -> str:
    return cell_text(item.topics[0].value) if item.topics else ""
