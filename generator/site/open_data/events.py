"""The event list as open data: the 32-column 推奨データセット and the current 自治体標準 form."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass

from generator.content.codes import Attendance, EventKind, EventStatus
from generator.content.model import Event, Place
from generator.rendering.filters import clock_time
from generator.site.open_data.area import (
    municipality_name,
    prefecture_code,
    prefecture_name,
    prefecture_of,
    with_check_digit,
)
from generator.site.open_data.dataset import CellKind, CodeTable, Column, Dataset
from generator.site.view import SiteView

Row = dict[str, object]


@dataclass(frozen=True, slots=True)
class _Spec:
    column: Column
    value: Callable[[Row], object]


def event_datasets(view: SiteView) -> tuple[Dataset, Dataset]:
    """Return the public events in both forms."""
    rows = [_row(view, event) for event in view.events]
    updated = max((e.updated or e.published or e.starts.date() for e in view.events), default=None)
    codes = {
        table.name: table
        for table in (_code_table("event_kind", EventKind), _code_table("event_status", EventStatus))
    }
    note = "オンラインだけの催しは、場所名称を「オンライン」、住所を主催者の所在地としています。"
    recommended = Dataset(
        "events",
        "イベント一覧（推奨データセット）",
        f"機構の催しの一覧です。推奨データセットの32列に、種類と状態の2列を足しています。{note}",
        [_column(name) for name in _RECOMMENDED],
        [[row[_FIELDS[name]] for name in _RECOMMENDED] for row in rows],
        codes=codes,
        updated=updated,
        form="推奨データセット イベント一覧",
    )
    standard = Dataset(
        "events-standard",
        "イベント一覧（自治体標準オープンデータセット）",
        f"同じ催しを、自治体標準オープンデータセットの形で出しています。{note}",
        [_column(name) for name in _STANDARD],
        [[row[_FIELDS[name]] for name in _STANDARD] for row in rows],
        codes=codes,
        updated=updated,
        form="自治体標準オープンデータセット イベント一覧",
    )
    return recommended, standard


def _code_table(name: str, codes: type[EventKind | EventStatus]) -> CodeTable:
    titles = {"event_kind": "催しの種類", "event_status": "催しの状態"}
    return CodeTable(name, titles[name], [(c.value, c.ja, c.en) for c in codes])


def _row(view: SiteView, event: Event) -> Row:
    organization = view.settings.organization
    desk = view.place(event.desk)
    online = event.attendance is Attendance.ONLINE or event.venue is None
    location = organization.address if online or event.venue is None else event.venue.address
    place = "オンライン" if online or event.venue is None else event.venue.name
    code = event.venue.municipality if event.venue else ""
    inside = not online and bool(code)
    return {
        "area_code": prefecture_code(view.settings),
        "id": f"{event.year}-{event.slug}",
        "prefecture": prefecture_name(view.settings),
        "municipality": "",  # the body that publishes is a prefecture's
        "place_prefecture": prefecture_of(location) or (prefecture_name(view.settings) if inside else ""),
        "place_municipality": municipality_name(location) if inside else "",
        "local_government": prefecture_name(view.settings),
        "title": event.title,
        "kana": event.kana,
        "english": event.english.title if event.english else "",
        "start_date": event.starts.date(),
        "end_date": event.ends.date(),
        "start_time": clock_time(event.starts),
        "end_time": clock_time(event.ends),
        "dates_note": _sessions_note(event),
        "description": event.summary or event.title,
        "fee": event.fee_yen,
        "fee_note": event.fee_note,
        "contact": desk.title if desk else organization.name,
        "telephone": desk.telephone if desk and desk.telephone else organization.telephone,
        "extension": "",
        "organizer": event.organizer or organization.name,
        "place": place,
        "location": location,
        "place_area_code": with_check_digit(code) if inside else "",
        "town_id": "",
        "street": "",
        "building": "",
        "latitude": None,
        "longitude": None,
        "access": event.venue.access if event.venue else "",
        "parking": event.venue.parking if event.venue else "",
        "capacity": event.capacity,
        "deadline": event.deadline,
        "deadline_time": None,
        "how": "申込フォーム" if event.registration_url else "催しのページから申し込む",
        "url": view.absolute(event.address),
        "remarks": _remarks(event, desk, online=online),
        "kind": event.kind.value,
        "status": event.status.value,
    }


def _sessions_note(event: Event) -> str:
    if len(event.sessions) == 1:
        return ""
    days = [f"{s.starts:%Y-%m-%d} {clock_time(s.starts)}から{clock_time(s.ends)}" for s in event.sessions]
    return f"全{len(days)}回 " + "、".join(days)


def _remarks(event: Event, desk: Place | None, *, online: bool) -> str:
    notes: Iterable[str] = (
        f"{event.status.ja}" + (f" {event.status_note}" if event.status_note else "")
        if event.status is not EventStatus.SCHEDULED
        else "",
        "オンライン開催のため、住所は主催者の所在地です" if online else "",
        "会場とオンラインの併用" if event.attendance is Attendance.HYBRID else "",
        f"定員の単位は{event.capacity_unit}" if event.capacity and event.capacity_unit != "名" else "",
    )
    return "。".join(note for note in notes if note)


_FIELDS = {
    "都道府県コード又は市区町村コード": "area_code",
    "NO": "id",
    "都道府県名": "prefecture",
    "市区町村名": "municipality",
    "全国地方公共団体コード": "area_code",
    "ID": "id",
    "地方公共団体名": "local_government",
    "イベント名": "title",
    "イベント名_カナ": "kana",
    "イベント名_英語": "english",
    "イベント名_英字": "english",
    "開始日": "start_date",
    "終了日": "end_date",
    "開始時間": "start_time",
    "終了時間": "end_time",
    "開始日時特記事項": "dates_note",
    "説明": "description",
    "料金(基本)": "fee",
    "料金(詳細)": "fee_note",
    "連絡先名称": "contact",
    "連絡先電話番号": "telephone",
    "連絡先内線番号": "extension",
    "主催者": "organizer",
    "場所名称": "place",
    "住所": "location",
    "所在地_全国地方公共団体コード": "place_area_code",
    "町字ID": "town_id",
    "所在地_連結表記": "location",
    "所在地_都道府県": "place_prefecture",
    "所在地_市区町村": "place_municipality",
    "所在地_町字": "town_id",
    "所在地_番地以下": "street",
    "建物名等(方書)": "building",
    "方書": "building",
    "緯度": "latitude",
    "経度": "longitude",
    "アクセス方法": "access",
    "駐車場情報": "parking",
    "定員": "capacity",
    "参加申込終了日": "deadline",
    "参加申込終了時間": "deadline_time",
    "参加申込方法": "how",
    "URL": "url",
    "備考": "remarks",
    "種類": "kind",
    "状態": "status",
}

_RECOMMENDED = tuple(
    name
    for line in (
        "都道府県コード又は市区町村コード NO 都道府県名 市区町村名 イベント名 イベント名_カナ イベント名_英語 開始日 終了日",
        "開始時間 終了時間 開始日時特記事項 説明 料金(基本) 料金(詳細) 連絡先名称 連絡先電話番号 連絡先内線番号 主催者",
        "場所名称 住所 方書 緯度 経度 アクセス方法 駐車場情報 定員 参加申込終了日 参加申込終了時間 参加申込方法 URL 備考",
        "種類 状態",
    )
    for name in line.split()
)
_STANDARD = tuple(
    name
    for line in (
        "全国地方公共団体コード ID 地方公共団体名 イベント名 イベント名_カナ イベント名_英字 開始日 終了日 開始時間 終了時間",
        "開始日時特記事項 説明 料金(基本) 料金(詳細) 連絡先名称 連絡先電話番号 連絡先内線番号 主催者 場所名称",
        "所在地_全国地方公共団体コード 町字ID 所在地_連結表記 所在地_都道府県 所在地_市区町村 所在地_町字 所在地_番地以下",
        "建物名等(方書) 緯度 経度 アクセス方法 駐車場情報 定員 参加申込終了日 参加申込終了時間 参加申込方法 URL 備考",
        "種類 状態",
    )
    for name in line.split()
)

_REQUIRED = {
    "title",
    "start_date",
    "end_date",
    "start_time",
    "end_time",
    "description",
    "place",
    "location",
    "id",
}
_KINDS = {
    "start_date": CellKind.DATE,
    "end_date": CellKind.DATE,
    "start_time": CellKind.TIME,
    "end_time": CellKind.TIME,
    "deadline": CellKind.DATE,
    "deadline_time": CellKind.TIME,
    "fee": CellKind.NUMBER,
    "capacity": CellKind.NUMBER,
    "latitude": CellKind.NUMBER,
    "longitude": CellKind.NUMBER,
    "telephone": CellKind.PHONE,
    "url": CellKind.URL,
    "kind": CellKind.CODE,
    "status": CellKind.CODE,
}
_UNITS = {"fee": "円", "capacity": "名（単位が違うときは備考）", "latitude": "度", "longitude": "度"}
_CODES = {"kind": "event_kind", "status": "event_status"}
_MEANINGS = {
    "area_code": "公開する団体の、または所在地の全国地方公共団体コード6桁",
    "prefecture": "公開する団体のある都道府県",
    "municipality": "公開する団体の市区町村。都道府県の団体なので空",
    "place_prefecture": "所在地の都道府県。国外は空",
    "id": "この一覧の中で変わらない番号。年度と催しの名前",
    "fee": "参加費。0は無料",
    "kind": "催しの種類",
    "status": "予定どおりか、中止か、延期か",
    "remarks": "中止・延期の理由、オンライン開催の説明、定員の単位",
}


def _column(name: str) -> Column:
    key = _FIELDS[name]
    return Column(
        name,
        key,
        _MEANINGS.get(key, f"催しの{name}"),
        _KINDS.get(key, CellKind.TEXT),
        required=key in _REQUIRED,
        unit=_UNITS.get(key, ""),
        codes=_CODES.get(key, ""),
    )
