"""Photos of companies: kept by content, shown after acceptance and consent, gone with either, swept when unused."""

from __future__ import annotations

import gzip
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Engine
from typer.testing import CliRunner

from company_db import photos
from company_db.audit import Act, Audit
from company_db.commands.app import app
from company_db.model import PUBLISHABLE_FIELDS, PhotoRecord
from company_db.photos import PhotoStore
from company_db.revision import RevisionState
from company_db.revisions import Revisions
from company_db.runs import Intake
from company_db.samples.loading import load_sample
from company_db.schema import SCHEMA
from company_db.store import CompanyStore
from generator.errors import DataError, RefusedError
from generator.operation.backup import back_up, restore
from generator.rendering.pictures import CleanPhoto
from generator.settings import Settings
from generator.storage.database import open_database
from tests.builders import ON
from tests.company_db.pages.directories import make_directory, publish
from tests.company_db.test_store import INTAKE, KEY, make_record

OTHER = "7123456789012"
NOW = INTAKE.at
LARGE, SMALL = b"RIFF large WEBP", b"RIFF small WEBP"
PUBLIC = frozenset({"business", "photos"})


def clean(mark: int = 0) -> CleanPhoto:
    return CleanPhoto(1600, 1200, LARGE + bytes([mark]), SMALL + bytes([mark]))


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    return make_directory(tmp_path, [make_record(consent=PUBLIC), make_record(OTHER)])


@pytest.fixture
def engine(settings: Settings) -> Any:
    engine = open_database(SCHEMA.url_of(settings))
    yield engine
    engine.dispose()


def values(*digests: str) -> dict[str, Any]:
    size = {"width": 1600, "height": 1200}
    return {"photos": [{"digest": d, "alt": "五軸の加工機", "alt_en": "", **size} for d in digests]}


def propose(engine: Engine, *digests: str, key: str = KEY) -> int:
    return Revisions(engine).propose(key, values(*digests), at=NOW, by="link:a").id


def shown(settings: Settings) -> set[str]:
    folder = settings.site / "companies/photos"
    return {path.relative_to(folder).as_posix() for path in folder.rglob("*.webp")}


def page(settings: Settings, language: str = "") -> str:
    return (settings.site / language / f"companies/{KEY}/index.html").read_text("utf-8")


def test_the_same_photo_twice_is_one_row(engine: Engine) -> None:
    first, second = PhotoStore(engine).keep(KEY, clean(), NOW), PhotoStore(engine).keep(KEY, clean(), NOW)
    assert first == second
    assert PhotoStore(engine).find(KEY, first.digest) == clean()


def test_a_company_sees_its_own_photos_alone(engine: Engine) -> None:
    kept = PhotoStore(engine).keep(KEY, clean(), NOW)
    assert PhotoStore(engine).find(OTHER, kept.digest) is None
    with pytest.raises(DataError, match="見つからない写真"):
        propose(engine, kept.digest, key=OTHER)


def test_a_photo_waits_with_its_proposal_and_stands_in_both_languages_once_accepted(
    settings: Settings, engine: Engine
) -> None:
    digest = PhotoStore(engine).keep(KEY, clean(), NOW).digest
    number = propose(engine, digest)
    publish(settings)
    assert shown(settings) == set()
    Revisions(engine).accept(number, INTAKE)
    publish(settings)
    assert shown(settings) == {f"{KEY}/{digest}.webp", f"{KEY}/{digest}-s.webp"}
    assert (settings.site / f"companies/photos/{KEY}/{digest}.webp").read_bytes() == clean().large
    for language in ("", "en"):
        html = page(settings, language)
        assert f'<a href="/companies/photos/{KEY}/{digest}.webp">' in html
        assert f'src="/companies/photos/{KEY}/{digest}-s.webp" loading="lazy"' in html
        assert 'width="1600" height="1200" alt="五軸の加工機"' in html
    assert 'alt="五軸の加工機" lang="ja"' in page(settings, "en")


def accepted(engine: Engine) -> str:
    digest = PhotoStore(engine).keep(KEY, clean(), NOW).digest
    Revisions(engine).accept(propose(engine, digest), INTAKE)
    return digest


@pytest.mark.parametrize(
    "over", [{"consent": frozenset({"business"})}, {"listed": False}, {"photos": ()}], ids=str
)
def test_a_photo_goes_when_its_company_takes_it_back(
    settings: Settings, engine: Engine, over: dict[str, Any]
) -> None:
    accepted(engine)
    publish(settings)
    record = CompanyStore(engine).find(KEY)
    assert record is not None
    assert len(shown(settings)) == 2
    CompanyStore(engine).save([record.model_copy(update=over)], Intake(NOW, "職員", "取り下げ"))
    publish(settings)
    assert shown(settings) == set()
    assert not (settings.site / f"companies/photos/{KEY}").exists()


def test_a_picture_that_was_deleted_by_hand_comes_back(settings: Settings, engine: Engine) -> None:
    digest = accepted(engine)
    publish(settings)
    (settings.site / f"companies/photos/{KEY}/{digest}.webp").unlink()
    publish(settings)
    assert len(shown(settings)) == 2


def test_photos_that_nobody_uses_are_swept_after_two_weeks(engine: Engine) -> None:
    store = PhotoStore(engine)
    standing = accepted(engine)
    waiting, unused = (store.keep(KEY, clean(mark), NOW).digest for mark in (1, 2))
    propose(engine, standing, waiting)
    store.keep(KEY, clean(3), NOW + timedelta(days=13))
    assert unused in store.known(KEY)
    store.keep(KEY, clean(4), NOW + timedelta(days=15))
    assert unused not in store.known(KEY)
    assert {standing, waiting} <= set(store.known(KEY))


def test_a_company_cannot_fill_the_database(engine: Engine, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(photos, "MOST_KEPT", 2)
    for mark in (1, 2):
        PhotoStore(engine).keep(KEY, clean(mark), NOW)
    with pytest.raises(RefusedError, match="写真が多すぎます"):
        PhotoStore(engine).keep(KEY, clean(3), NOW)


def test_a_backup_holds_the_photos(settings: Settings, engine: Engine, tmp_path: Path) -> None:
    digest = accepted(engine)
    (made,) = back_up([SCHEMA], settings, tmp_path / "backup", at=NOW)
    restored = settings.model_copy(update={"project": tmp_path / "elsewhere"})
    restore(SCHEMA, restored, made.path, at=NOW)
    other = open_database(SCHEMA.url_of(restored))
    assert PhotoStore(other).find(KEY, digest) == clean()
    other.dispose()


def test_the_same_proposal_again_is_the_same_proposal(engine: Engine) -> None:
    first, second = propose(engine), propose(engine)
    assert first == second
    digest = PhotoStore(engine).keep(KEY, clean(), NOW).digest
    third = propose(engine, digest)
    assert Revisions(engine).get(first).state is RevisionState.WITHDRAWN
    assert [each.id for each in Revisions(engine).open()] == [third]


def test_a_page_with_six_photos_stays_light(tmp_path: Path) -> None:
    sample = load_sample(ON)
    largest = max(sample, key=lambda each: len(each.model_dump_json()))
    settings = make_directory(tmp_path, [largest])
    engine = open_database(SCHEMA.url_of(settings))
    kept = [PhotoStore(engine).keep(largest.key, clean(mark), NOW).digest for mark in range(6)]
    told = largest.model_copy(
        update={
            "photos": tuple(
                PhotoRecord(digest=digest, alt="あ" * 200, alt_en="a" * 200, width=1600, height=1200)
                for digest in kept
            ),
            "consent": PUBLISHABLE_FIELDS,
        }
    )
    CompanyStore(engine).save([told], INTAKE)
    engine.dispose()
    publish(settings)
    for language in ("", "en"):
        html = (settings.site / language / f"companies/{largest.key}/index.html").read_bytes()
        assert len(gzip.compress(html)) < 30_000
        assert html.count(b'-s.webp" loading="lazy" decoding="async" width="1600" height="1200"') == 6


def test_staff_read_the_audit(settings: Settings, engine: Engine) -> None:
    number = propose(engine)
    told = CliRunner().invoke(app, ["audit", KEY, "--project", str(settings.project)]).stdout
    assert told.endswith(f"{KEY} 申請 {number}\n")


def test_what_happened_is_told_in_order(engine: Engine) -> None:
    number = propose(engine)
    Revisions(engine).send_back(number, "写真を足してください", replace(INTAKE, who="職員"))
    entries = [(entry.act, entry.subject) for entry in Audit(engine).entries(KEY)]
    assert entries == [(Act.PROPOSED, str(number)), (Act.SENT_BACK, str(number))]


def test_a_link_carries_one_proposal_to_its_end(engine: Engine) -> None:
    revisions = Revisions(engine)
    number = propose(engine)
    assert not revisions.is_spent("link:a")
    revisions.send_back(number, "理由", INTAKE)
    assert revisions.is_spent("link:a")
    assert not revisions.is_spent("link:b")


def test_a_proposal_that_came_back_is_where_the_company_goes_on(engine: Engine) -> None:
    revisions = Revisions(engine)
    found = revisions.propose(KEY, {"business": "新しい文"}, at=NOW, by="link:a")
    revisions.send_back(found.id, "もう少し詳しく", INTAKE)
    again = revisions.find_unaccepted(KEY)
    assert again is not None
    assert (again[0].reason, again[1].business) == ("もう少し詳しく", "新しい文")
    second = revisions.propose(KEY, {"business": "詳しい文"}, at=NOW, by="link:b")
    revisions.accept(second.id, INTAKE)
    assert revisions.find_unaccepted(KEY) is None
