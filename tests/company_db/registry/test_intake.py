"""What the register's rows do to the database, row kind by row kind."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path
from typing import Any

import pytest

from company_db.classification import codes
from company_db.directory import Directory, DirectoryRow
from company_db.registry.file import load_registry_file
from company_db.registry.intake import RegistrySummary, import_registry
from company_db.runs import Intake
from company_db.schema import SCHEMA
from company_db.store import CompanyStore
from generator.clock import TOKYO
from generator.errors import DataError
from generator.storage import migrations
from generator.storage.database import open_database
from tests.builders import ON, make_settings
from tests.company_db.registry.rows import make_row, number, write_file
from tests.company_db.test_store import INTAKE, make_record


class Register:
    """A database into which days of the register are taken in."""

    def __init__(self, project: Path) -> None:
        self.project = project
        self.settings = make_settings(project)
        migrations.upgrade(SCHEMA, self.settings)
        self.engine = open_database(SCHEMA.url_of(self.settings))

    def take(self, day: str, *rows: list[str]) -> RegistrySummary:
        for row in rows:
            row[4] = day
        path = write_file(self.project / f"diff_{day.replace('-', '')}.csv", list(rows))
        return self.take_files(path)

    def take_files(self, *paths: Path) -> RegistrySummary:
        return import_registry(
            self.engine,
            map(load_registry_file, paths),
            lambda name: Intake(datetime(2024, 1, 5, tzinfo=TOKYO), "職員", name),
            prefecture="08",
        )

    def rows(self) -> dict[str, DirectoryRow]:
        return {row.key: row for row in Directory(self.settings, ON).rows()}


@pytest.fixture
def register(tmp_path: Path) -> Any:
    made = Register(tmp_path)
    yield made
    made.engine.dispose()


def counts(summary: RegistrySummary) -> tuple[int, int, int, int, int]:
    (file,) = summary.files
    return file.added, file.changed, file.closed, file.moved, file.unchanged


def test_a_new_company_is_listed_with_its_address_and_kana(register: Register) -> None:
    assert counts(register.take("2024-01-04", make_row(1))) == (1, 0, 0, 0, 0)
    row = register.rows()[number(1)]
    assert (row.name, row.kana, row.municipality_code) == ("見本1株式会社", "ミホン", "08201")
    assert (row.postal_code, row.address, row.member, row.closed) == (
        "310-0000",
        "水戸市東原９００１番地",
        0,
        "",
    )


def test_a_new_name_keeps_its_history(register: Register) -> None:
    register.take("2024-01-04", make_row(1))
    assert counts(register.take("2024-01-05", make_row(1, process="11", name="新見本株式会社")))[1] == 1
    assert register.rows()[number(1)].name == "新見本株式会社"
    (entry,) = CompanyStore(register.engine).history(number(1))
    assert (entry.field, entry.before, entry.after) == ("name", "見本1株式会社", "新見本株式会社")
    assert entry.source == "diff_20240105.csv"


def test_a_merged_company_points_to_its_successor(register: Register) -> None:
    register.take("2024-01-04", make_row(1), make_row(2))
    closing = make_row(1, process="21", closed="2024-01-01", cause="11", successor=number(2))
    assert counts(register.take("2024-01-05", closing))[2] == 1
    row = register.rows()[number(1)]
    assert (row.closed, row.close_cause, row.successor) == ("2024-01-01", "11", number(2))
    assert row.successor_name == "見本2株式会社"
    assert codes.close_causes()[row.close_cause].ja == "合併による解散等"
    assert Directory(register.settings, ON).counts().listed == 1


def test_a_revived_company_is_open_again(register: Register) -> None:
    register.take("2024-01-04", make_row(1, process="21", closed="2024-01-01", cause="01"))
    register.take("2024-01-05", make_row(1, process="22"))
    assert register.rows()[number(1)].closed == ""


@pytest.mark.parametrize("kind", ["101", "201", "399", "499", "401"])
def test_what_is_no_company_has_no_page(register: Register, kind: str) -> None:
    register.take("2024-01-04", make_row(1, kind=kind))
    assert register.rows() == {}


@pytest.mark.parametrize("over", [{"hidden": "1"}, {"process": "99"}, {"process": "81", "name": ""}])
def test_what_the_register_hides_or_withdraws_is_never_shown(
    register: Register, over: dict[str, str]
) -> None:
    register.take("2024-01-04", make_row(1))
    register.take("2024-01-05", make_row(1, **over))
    assert register.rows() == {}


def test_a_hidden_member_is_not_shown_either(register: Register) -> None:
    register.take("2024-01-04", make_row(1, hidden="1"))
    CompanyStore(register.engine).save([make_record(number(1))], INTAKE)
    directory = Directory(register.settings, ON)
    assert (list(directory.rows()), list(directory.profiles())) == ([], [])


def test_a_company_that_leaves_the_prefecture_leaves_the_directory(register: Register) -> None:
    register.take("2024-01-04", make_row(1))
    away = make_row(
        1, process="12", prefecture="東京都", prefecture_code="13", city="中央区", city_code="102"
    )
    assert counts(register.take("2024-01-05", away))[3] == 1
    assert register.rows() == {}


def test_past_rows_alone_say_that_the_newest_stands_elsewhere(register: Register) -> None:
    register.take("2024-01-04", make_row(1))
    assert counts(register.take("2024-01-05", make_row(1, latest="0")))[3] == 1
    assert register.rows() == {}


def test_of_several_rows_the_latest_one_counts(register: Register) -> None:
    past = make_row(1, name="古い名の株式会社", latest="0", correct="1")
    register.take("2024-01-04", make_row(1, correct="1"), past)
    assert register.rows()[number(1)].name == "見本1株式会社"


def test_companies_of_other_prefectures_are_counted_and_left_out(register: Register) -> None:
    summary = register.take("2024-01-04", make_row(1), make_row(2, prefecture_code="13", city_code="102"))
    assert summary.files[0].elsewhere == 1
    assert list(register.rows()) == [number(1)]


def test_giving_a_file_again_or_an_older_one_changes_nothing(register: Register) -> None:
    register.take("2024-01-04", make_row(1))
    register.take("2024-01-05", make_row(1, name="新見本株式会社"))
    before = Directory(register.settings, ON).fingerprint()
    register.take("2024-01-05", make_row(1, name="新見本株式会社"))
    register.take("2024-01-04", make_row(1))
    assert register.rows()[number(1)].name == "新見本株式会社"
    assert Directory(register.settings, ON).fingerprint() == before


def test_a_row_that_only_renews_its_dates_changes_no_page(register: Register) -> None:
    register.take("2024-01-04", make_row(1))
    before = register.rows()
    assert counts(register.take("2024-01-05", make_row(1, changed="2024-01-02"))) == (0, 0, 0, 0, 1)
    assert register.rows() == before


@pytest.mark.parametrize(
    ("over", "reason"),
    [
        ({"number": "1999900000001"}, "検査用の数字"),
        ({"process": "77"}, "処理区分「77」"),
        ({"kind": "999"}, "法人種別「999」"),
        ({"name": ""}, "名称が空"),
        ({"closed": "令和6年"}, "閉鎖等年月日「令和6年」"),
        ({"cause": "55"}, "閉鎖等の事由「55」"),
    ],
)
def test_a_wrong_row_is_refused_with_line_and_reason(
    register: Register, over: dict[str, str], reason: str
) -> None:
    summary = register.take("2024-01-04", make_row(1), make_row(2, **over), make_row(3))
    (refused,) = summary.refused
    assert (refused.line, refused.file) == (2, "diff_20240104.csv")
    assert reason in refused.reason
    assert len(register.rows()) == 2


def test_a_row_of_another_width_is_refused(register: Register) -> None:
    summary = register.take("2024-01-04", make_row(1), make_row(2)[:29])
    assert summary.refused[0].reason == "列の数が29です（23か30のはず）"


def test_a_bad_file_among_good_ones_leaves_everything_as_it_was(register: Register, tmp_path: Path) -> None:
    good = write_file(tmp_path / "diff_20240104.csv", [make_row(1)])
    bad = tmp_path / "bad.csv"
    bad.write_text("名称\n")
    with pytest.raises(DataError):
        register.take_files(good, bad)
    assert register.rows() == {}


def test_missing_working_days_are_reported_weekends_and_holidays_are_not(register: Register) -> None:
    assert register.take("2024-01-04", make_row(1)).gaps == ()
    assert register.take("2024-01-09", make_row(2)).gaps[0].days == 1  # the 5th; the 8th is a holiday
    (gap,) = register.take("2024-01-12", make_row(3)).gaps
    assert (str(gap.first), str(gap.last), gap.days) == ("2024-01-10", "2024-01-11", 2)


def test_a_name_of_outside_characters_keeps_its_image_and_its_letters(register: Register) -> None:
    register.take("2024-01-04", make_row(1, name="髙﨑精機株式会社", name_image="00012345"))
    assert register.rows()[number(1)].name == "髙﨑精機株式会社"


def test_what_the_register_changes_of_a_member_is_told_and_its_profile_stays(register: Register) -> None:
    register.take("2024-01-04", make_row(1), make_row(2))
    CompanyStore(register.engine).save([make_record(number(1), name="見本1株式会社")], INTAKE)
    moved = {"city": "日立市", "city_code": "202"}
    summary = register.take("2024-01-05", make_row(1, **moved), make_row(2, **moved))
    assert {(news.key, news.field, news.after) for news in summary.members} == {
        (number(1), "municipality_code", "08202"),
        (number(1), "address", "日立市東原９００１番地"),
    }
    assert register.rows()[number(1)].municipality_code == "08201"
