"""``koho companies load-sample``: fills a database with fictional companies."""

from __future__ import annotations

from generator.console import (
    HERE,
    JsonOption,
    OnOption,
    ProjectOption,
    QuietOption,
    out,
    print_json,
    settings_of,
)
from generator.errors import RefusedError


def load(
    project: ProjectOption = HERE,
    *,
    on: OnOption = "",
    quiet: QuietOption = False,
    as_json: JsonOption = False,
) -> None:
    """見本の会員300社と、登記だけの企業を入れます。

    本物の会員がいるデータベースには入れません。
    """
    from dataclasses import asdict

    from company_db.commands.opening import intake
    from company_db.registry.file import load_registry_file
    from company_db.registry.intake import import_registry
    from company_db.samples.loading import REGISTER, is_sample, load_sample
    from company_db.schema import SCHEMA
    from company_db.store import CompanyStore
    from generator.storage import migrations
    from generator.storage.database import open_database

    settings = settings_of(project, on=on)
    migrations.upgrade(SCHEMA, settings)
    engine = open_database(SCHEMA.url_of(settings))
    try:
        store = CompanyStore(engine)
        if real := [record.key for record in store.records() if not is_sample(record.key)]:
            raise RefusedError(
                f"本物の会員が{len(real)}社あります（{real[0]} など）。見本は空のデータベースにだけ入れられます"
            )
        register = import_registry(
            engine,
            [load_registry_file(REGISTER)],
            lambda name: intake("koho", name),
            prefecture=settings.organization.prefecture_code,
        )
        report = store.save(load_sample(settings.as_of()), intake("koho", "見本の企業"))
    finally:
        engine.dispose()
    if as_json:
        print_json(asdict(report) | {"registered": register.written})
    elif not quiet:
        out.print(f"見本の会員: 追加 {report.added}、変更 {report.changed}、変わらず {report.unchanged}")
        out.print(f"見本の登記だけの企業: 追加・変更 {register.written}")
