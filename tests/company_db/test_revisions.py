"""A company's own proposal: stored, compared, accepted, sent back or withdrawn."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, datetime
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner

from company_db.commands.app import app
from company_db.revision import Revision, RevisionState
from company_db.revisions import Revisions
from company_db.runs import Intake
from company_db.store import CompanyStore
from generator.clock import TOKYO
from generator.errors import DataError, RefusedError
from tests.company_db.registry.test_intake import Register
from tests.company_db.test_store import INTAKE, KEY, make_record

AT = datetime(2023, 11, 22, 10, 0, tzinfo=TOKYO)
STAFF = Intake(datetime(2023, 11, 24, 9, 0, tzinfo=TOKYO), "職員", "変更申請")


@pytest.fixture
def register(tmp_path: Path) -> Iterator[Register]:
    made = Register(tmp_path)
    CompanyStore(made.engine).save([make_record()], INTAKE)
    yield made
    made.engine.dispose()


def propose(register: Register, **values: Any) -> Revision:
    return Revisions(register.engine).propose(KEY, values, at=AT, by="企業")


def record(register: Register) -> Any:
    return CompanyStore(register.engine).find(KEY)


def test_a_proposal_changes_nothing_until_it_is_accepted(register: Register) -> None:
    found = propose(register, business="アルミ部品の切削")
    assert found.changes == {"business": ("ステンレス部品の切削", "アルミ部品の切削")}
    assert record(register) == make_record()


def test_staff_compare_before_and_after_as_cells(register: Register) -> None:
    found = propose(register, industries=["E25", "E26"], employees=30)
    changes = {
        change.header: (change.before, change.after)
        for change in Revisions(register.engine).compare(found.id)
    }
    assert changes == {
        "業種": ("金属製品製造業", "はん用機械器具製造業\n生産用機械器具製造業"),
        "従業員数": ("", "30"),
    }


def test_accepting_applies_it_and_confirms_the_page(register: Register) -> None:
    found = propose(register, business="アルミ部品の切削")
    Revisions(register.engine).accept(found.id, STAFF)
    assert (record(register).business, record(register).confirmed) == ("アルミ部品の切削", date(2023, 11, 24))
    assert Revisions(register.engine).get(found.id).state is RevisionState.ACCEPTED
    assert CompanyStore(register.engine).history(KEY)[-1].source == "変更申請"


def test_no_change_at_all_is_a_confirmation(register: Register) -> None:
    found = propose(register)
    assert found.changes == {}
    Revisions(register.engine).accept(found.id, STAFF)
    assert record(register) == make_record(confirmed=date(2023, 11, 24))


def test_sending_back_needs_a_reason_and_changes_nothing(register: Register) -> None:
    found = propose(register, business="世界一の切削")
    with pytest.raises(RefusedError, match="理由が要ります"):
        Revisions(register.engine).send_back(found.id, " ", STAFF)
    closed = Revisions(register.engine).send_back(found.id, "根拠を書いてください", STAFF)
    assert (closed.state, closed.reason) == (RevisionState.SENT_BACK, "根拠を書いてください")
    assert record(register) == make_record()


def test_what_is_decided_cannot_be_decided_again(register: Register) -> None:
    found = propose(register, business="アルミ部品の切削")
    Revisions(register.engine).withdraw(found.id, STAFF)
    with pytest.raises(RefusedError, match="もう決まっています（withdrawn）"):
        Revisions(register.engine).accept(found.id, STAFF)
    assert record(register) == make_record()


def test_a_newer_proposal_takes_the_place_of_an_open_one(register: Register) -> None:
    first, second = propose(register, business="一回目"), propose(register, business="二回目")
    assert Revisions(register.engine).get(first.id).state is RevisionState.WITHDRAWN
    assert [each.id for each in Revisions(register.engine).open()] == [second.id]


def test_a_field_that_staff_changed_since_is_not_overwritten(register: Register) -> None:
    found = propose(register, business="アルミ部品の切削")
    CompanyStore(register.engine).save([make_record(business="職員が直した文")], INTAKE)
    (change,) = Revisions(register.engine).compare(found.id)
    assert change.overtaken
    with pytest.raises(RefusedError, match="事業概要"):
        Revisions(register.engine).accept(found.id, STAFF)


@pytest.mark.parametrize(
    ("values", "message"),
    [
        ({"industries": ["Z99"]}, "業種: 「Z99」"),
        ({"postal_code": "1"}, "郵便番号"),
        ({"color": "x"}, "color"),
    ],
)
def test_a_wrong_value_is_named(register: Register, values: dict[str, Any], message: str) -> None:
    with pytest.raises(DataError, match=message):
        propose(register, **values)


def test_what_belongs_to_the_office_cannot_be_proposed(register: Register) -> None:
    with pytest.raises(RefusedError, match="listed"):
        propose(register, listed=True)


def test_the_command_lists_shows_and_decides(register: Register) -> None:
    project = ["--project", str(register.project)]
    first = propose(register, business="アルミ部品の切削")
    assert f"申請{first.id}: {KEY}" in CliRunner().invoke(app, ["review", *project]).stdout
    shown = CliRunner().invoke(app, ["review", str(first.id), *project]).stdout
    assert "  - ステンレス部品の切削\n  + アルミ部品の切削" in shown
    assert "待っています" in shown.splitlines()[0]
    CliRunner().invoke(app, ["review", str(first.id), "--send-back", "理由", *project])
    assert "待っている申請: 0件" in CliRunner().invoke(app, ["review", *project]).stdout
    second = propose(register, business="アルミ部品の切削")
    CliRunner().invoke(app, ["review", str(second.id), "--accept", "--who", "見本", *project])
    assert record(register).business == "アルミ部品の切削"
    told = CliRunner().invoke(app, ["history", KEY, *project]).stdout
    assert "見本（変更申請2） 事業概要: ステンレス部品の切削 → アルミ部品の切削" in told


def test_history_is_told_in_the_words_of_the_sheet(register: Register) -> None:
    changes = {"industries": ("E18", "E25"), "capital_yen": 30_000_000, "languages": ("en",)}
    CompanyStore(register.engine).save([record(register).model_copy(update=changes)], STAFF)
    told = CliRunner().invoke(app, ["history", KEY, "--project", str(register.project)]).stdout
    lines = [line.partition("） ")[2] for line in told.splitlines() if f"{STAFF.at:%Y-%m-%d}" in line]
    assert lines == [
        "資本金（円）: （空） → 30000000",
        "業種: 金属製品製造業 → プラスチック製品製造業（別掲を除く） / はん用機械器具製造業",
        "対応言語: （空） → 英語",
    ]
