"""One contract for the audience on SQLite and on PostgreSQL."""

from __future__ import annotations

import shutil
import stat
from collections.abc import Iterator
from pathlib import Path

import pytest
from openpyxl import Workbook
from sqlalchemy import select
from typer.testing import CliRunner

from generator.errors import DataError, RefusedError
from generator.forms.spreadsheet import safe_cell
from generator.settings import Settings
from generator.storage.migrations import upgrade
from newsletters.audience.commands import app
from newsletters.audience.intake import Offer, RowResult, offer_of, take_in
from newsletters.audience.model import Consent, SubscriptionState, SuppressionReason
from newsletters.audience.rows import EVERY
from newsletters.audience.sheet import read_list
from newsletters.audience.store import Audience, open_audience
from newsletters.audience.tables import consents
from newsletters.declaration import parse_newsletters
from newsletters.tables import schema

ROOT = Path(__file__).parents[3]
CONSENT = Consent(1_700_000_000, "form", "メールマガジンを受け取ります", "/subscribe/")
MAGAZINE = Offer("magazine", "ja", {"grant": ("grant",), "催し・研修": ("event", "course")})
CONFIRMED = SubscriptionState.CONFIRMED


@pytest.fixture(params=["sqlite", pytest.param("postgresql", marks=pytest.mark.postgres)])
def settings(request: pytest.FixtureRequest, tmp_path: Path) -> Settings:
    url = "" if request.param == "sqlite" else request.getfixturevalue("postgres_url")
    settings = Settings(project=tmp_path, audience_url=url)
    upgrade(schema, settings)
    return settings


@pytest.fixture
def audience(settings: Settings) -> Iterator[Audience]:
    opened = open_audience(settings)
    yield opened
    opened.close()


def state_of(audience: Audience, number: int) -> SubscriptionState:
    return audience.subscriptions(number)[0].state


def test_a_reader_is_unconfirmed_until_they_confirm(audience: Audience) -> None:
    number = audience.subscribe("a@example.jp", "magazine", CONSENT, topics=["grant", "event"])
    assert state_of(audience, number) is SubscriptionState.UNCONFIRMED
    assert audience.confirm(number, "magazine", CONSENT)
    assert not audience.confirm(number, "magazine", CONSENT)
    assert audience.subscriptions(number)[0].topics == ("event", "grant")


def test_one_mailbox_is_one_reader_however_it_is_written(audience: Audience) -> None:
    numbers = {
        audience.subscribe(text, "magazine", CONSENT)
        for text in ("A@Example.jp", "a@example.JP", "ａ＠ｅｘａｍｐｌｅ.jp")
    }
    assert len(numbers) == 1


def test_leaving_is_kept_and_repeating_it_is_harmless(audience: Audience) -> None:
    number = audience.subscribe("a@example.jp", "magazine", CONSENT, state=CONFIRMED)
    for _ in range(3):
        assert audience.unsubscribe(number, "magazine", at=CONSENT.at, how="one-click")
    assert state_of(audience, number) is SubscriptionState.UNSUBSCRIBED
    assert audience.suppressed("A@example.jp") == {SuppressionReason.UNSUBSCRIBE}
    assert not audience.unsubscribe(999, "magazine", at=1, how="x")


def test_who_left_comes_back_only_by_their_own_confirmation(audience: Audience) -> None:
    number = audience.subscribe("a@example.jp", "magazine", CONSENT, state=CONFIRMED)
    audience.unsubscribe(number, "magazine", at=CONSENT.at, how="page")
    audience.subscribe("a@example.jp", "magazine", CONSENT)
    assert audience.suppressed("a@example.jp")
    audience.confirm(number, "magazine", CONSENT)
    assert not audience.suppressed("a@example.jp")


@pytest.mark.parametrize("reason", [SuppressionReason.COMPLAINT, SuppressionReason.HARD_BOUNCE])
def test_a_suppressed_mailbox_cannot_subscribe(audience: Audience, reason: SuppressionReason) -> None:
    audience.suppress("a@example.jp", reason, at=1)
    with pytest.raises(RefusedError) as caught:
        audience.subscribe("a@example.jp", "magazine", CONSENT)
    assert "example" not in str(caught.value)


def test_forgetting_leaves_a_hash_that_still_refuses_the_next_import(
    audience: Audience, tmp_path: Path
) -> None:
    number = audience.subscribe("a@example.jp", "magazine", CONSENT, state=CONFIRMED)
    assert audience.erase(number, at=2)
    assert audience.find("a@example.jp") is None
    with audience.engine.connect() as connection:
        kept = connection.execute(select(consents.c.subscriber_id, consents.c.wording)).all()
    assert [tuple(row) for row in kept] == [(None, CONSENT.wording)]
    file = written(tmp_path, ["a@example.jp,,2023-04-01,用紙,同意します"])
    assert [r.result for r in take_in(audience, read_list(file), MAGAZINE, "x", dry_run=False)] == [
        RowResult.SUPPRESSED
    ]


def test_a_number_is_never_given_to_somebody_else(audience: Audience) -> None:
    first = audience.subscribe("a@example.jp", "magazine", CONSENT)
    audience.erase(first, at=2)
    assert audience.subscribe("b@example.jp", "magazine", CONSENT) != first


def written(folder: Path, rows: list[str], encoding: str = "utf-8") -> Path:
    file = folder / "list.csv"
    heading = "メールアドレス,希望分野,同意日,同意方法,同意文言,言語"
    file.write_text("\n".join([heading, *rows]), encoding=encoding)
    return file


ROWS = [
    "a@example.jp,grant 催し・研修,2023-04-01,用紙,同意します",
    "A@EXAMPLE.jp,,2023-04-01,用紙,同意します",
    "bad address,,2023-04-01,用紙,同意します",
    "c@example.jp,,昨日,用紙,同意します",
    "d@example.jp,,2023-04-01,,",
    "e@example.jp,,2023/4/1,展示会,同意します",
    "f@example.jp,grants,2023-04-01,用紙,同意します",
    "g@example.jp,,2023-04-01,用紙,同意します,en",
]


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "cp932"])
def test_every_row_of_a_list_is_accounted_for(audience: Audience, tmp_path: Path, encoding: str) -> None:
    file = written(tmp_path, ROWS, encoding)
    dry = list(take_in(audience, read_list(file), MAGAZINE, "list", dry_run=True))
    assert audience.statistics() == {"suppressions": {}}
    reports = list(take_in(audience, read_list(file), MAGAZINE, "list", dry_run=False))
    assert reports == dry
    results = [(r.line, r.result.value) for r in reports]
    assert results == [
        (2, "added"), (3, "double"), (4, "refused"), (5, "refused"), (6, "refused"), (7, "added"), (8, "refused"), (9, "refused"),
    ]  # fmt: skip
    first = audience.find("a@example.jp")
    assert first is not None
    assert audience.subscriptions(first.id)[0].topics == ("course", "event", "grant")
    assert "bad address" not in "".join(r.why for r in reports)
    again = list(take_in(audience, read_list(file), MAGAZINE, "list", dry_run=False))
    assert [r.result for r in again if r.line in {2, 7}] == [RowResult.KNOWN] * 2


def test_a_topic_is_written_as_readers_choose_it_or_by_its_own_name() -> None:
    magazine = next(n for n in parse_newsletters(ROOT / "content" / "newsletters.yml")[0] if n.choices)
    offer = offer_of(magazine)
    assert set(offer.topics["経営・販路・資金・創業"]) > set(offer.topics["創業"]) == {"startup"}
    assert all(word in offer.topics for word in ("making", "ip", "特許・商標"))


def test_an_excel_list_is_read_too(tmp_path: Path) -> None:
    book = Workbook()
    book.active.append(["email", "consented", "how", "wording"])
    book.active.append(["a@example.jp", "2023-04-01", "form", "agree"])
    book.save(tmp_path / "list.xlsx")
    (row,) = read_list(tmp_path / "list.xlsx")
    assert (row.address, row.consented_at()) == ("a@example.jp", 1_680_274_800)


def test_a_list_without_consent_columns_is_refused(tmp_path: Path) -> None:
    file = tmp_path / "x.csv"
    file.write_text("メールアドレス\na@example.jp\n", encoding="utf-8")
    with pytest.raises(DataError, match="同意日"):
        list(read_list(file))


@pytest.mark.parametrize("cell", ["=1+1", "+81", "-1", "@SUM(A1)", "\t=1", "\r=1"])
def test_an_exported_cell_is_never_a_formula(cell: str) -> None:
    assert safe_cell(cell)[0] == "'"


def test_the_command_line_takes_in_gives_out_and_forgets(
    settings: Settings, tmp_path: Path, monkeypatch
) -> None:  # type: ignore[no-untyped-def]
    monkeypatch.setenv("KOHO_AUDIENCE_URL", settings.audience_url)
    run, here = CliRunner(), ["--project", str(settings.project)]
    settings.content.mkdir()
    shutil.copy(ROOT / "content" / "newsletters.yml", settings.content)
    file = written(tmp_path, ["a@example.jp,海外展開 相談,2023-04-01,用紙,同意します", ROWS[5]])
    assert run.invoke(app, ["import", str(file), *here]).exit_code == 0
    target = tmp_path / "out.csv"
    run.invoke(app, ["export", str(target), *here], catch_exceptions=False)
    assert "a@example.jp,本登録,相談、海外展開,ja" in target.read_text(encoding="utf-8-sig")
    assert stat.S_IMODE(target.stat().st_mode) == 0o600
    assert run.invoke(app, ["erase", "a@example.jp", "--yes", *here]).exit_code == 0
    assert "登録はありません" in run.invoke(app, ["find", "a@example.jp", *here]).output
    assert "magazine: 本登録 1人、仮登録 0人、配信停止 0人" in run.invoke(app, ["stats", *here]).output
    run.invoke(app, ["suppress", "b@example.jp", *here])
    assert "、職員が登録（電話などの申し出） 1件" in run.invoke(app, ["stats", *here]).output
    assert "配信停止リスト: 職員が登録" in run.invoke(app, ["find", "b@example.jp", *here]).output


def test_the_key_and_the_database_are_for_their_owner_alone(tmp_path: Path) -> None:
    settings = Settings(project=tmp_path)
    upgrade(schema, settings)
    open_audience(settings).close()
    modes = {p.name: stat.S_IMODE(p.stat().st_mode) for p in (tmp_path / "var").iterdir()}
    assert modes["audience.key"] == 0o600
    assert modes["audience.sqlite3"] == 0o600


def test_leaving_everything_leaves_each_newsletter(audience: Audience) -> None:
    number = audience.subscribe("a@example.jp", "magazine", CONSENT, state=CONFIRMED)
    audience.subscribe("a@example.jp", "overseas", CONSENT, state=CONFIRMED)
    audience.unsubscribe(number, EVERY, at=3, how="page")
    assert {s.state for s in audience.subscriptions(number)} == {SubscriptionState.UNSUBSCRIBED}
