"""Builds small directories for tests: a database with companies, plain shells, and one publish."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from datetime import datetime
from pathlib import Path
from typing import Any

from company_db.model import CompanyRecord
from company_db.pages.publisher import DIRECTORY
from company_db.registry.file import load_registry_file
from company_db.registry.intake import import_registry
from company_db.runs import Intake
from company_db.schema import SCHEMA
from company_db.store import CompanyStore
from generator.clock import TOKYO
from generator.content.library import make_library
from generator.settings import Settings
from generator.site.publisher import PublishContext, PublishReport
from generator.site.shell import Shell
from generator.storage import migrations
from generator.storage.database import open_database
from tests.builders import ON, make_settings
from tests.company_db.registry.rows import write_file

INTAKE = Intake(at=datetime(2023, 11, 22, 9, 0, tzinfo=TOKYO), who="tester", source="test")

_SHELL = (
    '<!DOCTYPE html><html lang="{language}"><head><meta charset="utf-8"><title><!--koho:title--></title>'
    '<!--koho:head--></head><body><main id="main"><!--koho:body--></main></body></html>'
)


def make_directory(project: Path, records: Iterable[CompanyRecord], **over: Any) -> Settings:
    """Return the settings of a new project whose database holds these members."""
    settings = make_settings(project, processes=1, **over)
    settings.build.mkdir(parents=True, exist_ok=True)
    migrations.upgrade(SCHEMA, settings)
    save(settings, records)
    return settings


def save(settings: Settings, records: Iterable[CompanyRecord]) -> None:
    engine = open_database(SCHEMA.url_of(settings))
    try:
        CompanyStore(engine).save(list(records), INTAKE)
    finally:
        engine.dispose()


def register(settings: Settings, rows: list[list[str]], name: str = "00_zenkoku_all_20240104.csv") -> None:
    """Take rows of the corporate-number register in."""
    engine = open_database(SCHEMA.url_of(settings))
    try:
        file = load_registry_file(write_file(settings.build / name, rows))
        import_registry(engine, [file], lambda _name: INTAKE, prefecture="08")
    finally:
        engine.dispose()


def files_below(site: Path) -> dict[str, tuple[int, bytes]]:
    """Return every file with the number of its inode, which changes when it is written again."""
    return {
        str(path.relative_to(site)): (path.stat().st_ino, path.read_bytes())
        for path in site.rglob("*")
        if path.is_file()
    }


def make_context(settings: Settings, *things: object, **over: Any) -> PublishContext:
    library = make_library(things, on=ON)
    shells = {language: Shell.from_html(_SHELL.replace("{language}", language)) for language in ("ja", "en")}
    return replace(
        PublishContext(settings=settings, library=library, on=settings.as_of(), shells=shells), **over
    )


def publish(settings: Settings, *things: object) -> PublishReport:
    return DIRECTORY.publish(make_context(settings, *things))
