"""The catalogue of open data: every table linted and written, its card, its code tables, and DCAT for machines."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import date

import orjson

from generator.site.artifact import Artifact
from generator.site.open_data.dataset import (
    LICENCE_NAME,
    LICENCE_URL,
    CellKind,
    CodeTable,
    Column,
    Dataset,
    csv_bytes,
)
from generator.site.open_data.events import event_datasets
from generator.site.open_data.linter import require_readable
from generator.site.open_data.programs import JSON_PATH, programs_json, support_dataset
from generator.site.open_data.registers import company_datasets, patent_dataset, place_dataset
from generator.site.view import SiteView

CODES_ISSUED = date(2023, 4, 1)
CATALOGUE_PATH = "opendata/catalog.jsonld"
_MEDIA = "https://www.iana.org/assignments/media-types/"
_COLUMN_HEADER = ("列名", "英語名", "意味", "形式", "必須", "単位", "コード表")


def open_datasets(view: SiteView) -> tuple[Dataset, ...]:
    """Return every table that is published."""
    return (
        *event_datasets(view),
        support_dataset(view),
        *company_datasets(view),
        patent_dataset(view),
        place_dataset(view),
    )


def open_data_files(view: SiteView) -> Iterator[Artifact]:
    """Yield tables, cards, code tables and catalogue; ``DataError`` names every rule that a table breaks."""
    datasets = open_datasets(view)
    tables = {table.name: table for dataset in datasets for table in dataset.codes.values()}
    for dataset in datasets:
        require_readable(dataset)
        yield Artifact(dataset.path, dataset.csv(), "file")
        yield Artifact(f"opendata/{dataset.name}-columns.csv", columns_csv(dataset), "file")
        yield Artifact(f"opendata/{dataset.name}-card.csv", card_csv(view, dataset), "file")
    for coded in (*map(_as_dataset, tables.values()), _code_list(view, tables)):
        require_readable(coded)
        yield Artifact(coded.path, coded.csv(), "file")
    yield Artifact(JSON_PATH, programs_json(view), "file")
    yield Artifact(CATALOGUE_PATH, orjson.dumps(dcat(view, datasets), option=orjson.OPT_INDENT_2), "file")


def columns_csv(dataset: Dataset) -> bytes:
    """Write the data card's table: what every column means and how it is written."""
    rows = [
        (c.name, c.english, c.meaning, c.kind.value, "必須" if c.required else "任意", c.unit, c.codes)
        for c in dataset.columns
    ]
    return csv_bytes(_COLUMN_HEADER, rows)


def card_csv(view: SiteView, dataset: Dataset) -> bytes:
    """Write the data card: what the table is, whose, under which licence, how fresh and in which form."""
    organization = view.settings.organization
    rows = [
        ("名称", dataset.title),
        ("説明", dataset.description),
        ("公開者", organization.name),
        ("連絡先", organization.telephone),
        ("ライセンス", LICENCE_NAME),
        ("ライセンスのURL", LICENCE_URL),
        ("最終更新日", dataset.updated.isoformat() if dataset.updated else ""),
        ("更新の頻度", "内容が変わるたび"),
        ("準拠する形式", dataset.form),
        ("文字の形式", "UTF-8（BOM付き）のCSV"),
        ("行数", len(dataset.rows)),
        ("ファイル", view.absolute(dataset.path)),
        ("列の定義", view.absolute(f"opendata/{dataset.name}-columns.csv")),
        *(("コード表", view.absolute(f"opendata/codes/{name}.csv")) for name in dataset.codes),
    ]
    return csv_bytes(("項目", "内容"), rows)


def _as_dataset(table: CodeTable) -> Dataset:
    """Return a code table as a table of its own, so that it obeys the same rules."""
    meanings = (("コード", "code"), ("名称", "name"), ("英語名称", "english_name"))
    columns = [Column(name, english, f"{table.title}の{name}", required=True) for name, english in meanings]
    return Dataset(f"codes/{table.name}", table.title, f"{table.title}のコード表です。", columns, table.rows)


def _code_list(view: SiteView, tables: Mapping[str, CodeTable]) -> Dataset:
    """Return the list of code tables: whose they are, since when, and what was changed."""
    columns = [
        Column("コード表", "code_table", "ファイルの名前", required=True),
        Column("名称", "name", "コード表の名称", required=True),
        Column("管理者", "owner", "決めて改める団体", required=True),
        Column("版", "version", "コードの意味を変えたら上がる番号", required=True),
        Column("発行日", "issued", "この版を出した日", CellKind.DATE, required=True),
        Column("変更の記録", "history", "前の版からの違い", required=True),
        Column("URL", "url", "コード表のファイル", CellKind.URL, required=True),
    ]
    rows = [
        (
            name,
            table.title,
            view.settings.organization.name,
            "1",
            CODES_ISSUED,
            "初版。消したコードは使い回しません",
            view.absolute(f"opendata/codes/{name}.csv"),
        )
        for name, table in sorted(tables.items())
    ]
    return Dataset("codes", "コード表の一覧", "オープンデータで使うコード表です。", columns, rows)


def dcat(view: SiteView, datasets: tuple[Dataset, ...]) -> Mapping[str, object]:
    """Describe the catalogue in DCAT as JSON-LD."""
    organization = view.settings.organization
    publisher = {
        "@type": "foaf:Organization",
        "foaf:name": organization.name,
        "foaf:homepage": view.settings.site_url,
    }
    entries = [_entry(view, dataset, publisher) for dataset in datasets]
    return {
        "@context": {
            "dcat": "http://www.w3.org/ns/dcat#",
            "dct": "http://purl.org/dc/terms/",
            "foaf": "http://xmlns.com/foaf/0.1/",
        },
        "@id": view.absolute(CATALOGUE_PATH),
        "@type": "dcat:Catalog",
        "dct:title": f"{organization.name} オープンデータ",
        "dct:language": "ja",
        "dct:publisher": publisher,
        "dct:license": LICENCE_URL,
        "foaf:homepage": view.absolute("opendata/"),
        "dcat:dataset": entries,
    }


def _entry(view: SiteView, dataset: Dataset, publisher: Mapping[str, object]) -> dict[str, object]:
    files = [(dataset.path, "text/csv")] + (
        [(JSON_PATH, "application/json")] if dataset.name == "support" else []
    )
    entry: dict[str, object] = {
        "@id": view.absolute(f"opendata/#{dataset.name}"),
        "@type": "dcat:Dataset",
        "dct:identifier": dataset.name,
        "dct:title": dataset.title,
        "dct:description": dataset.description,
        "dct:license": LICENCE_URL,
        "dct:publisher": publisher,
        "dct:language": "ja",
        "dcat:landingPage": view.absolute("opendata/"),
        "dcat:distribution": [
            {
                "@type": "dcat:Distribution",
                "dcat:downloadURL": view.absolute(path),
                "dcat:mediaType": _MEDIA + media,
                "dct:license": LICENCE_URL,
            }
            for path, media in files
        ],
    }
    if dataset.updated:
        entry["dct:modified"] = dataset.updated.isoformat()
    if dataset.form:
        entry["dct:conformsTo"] = dataset.form
    return entry


def dataset_data(view: SiteView, dataset: Dataset) -> dict[str, object]:
    """Describe one table as schema.org Dataset, for the human page."""
    return {
        "@type": "Dataset",
        "name": dataset.title,
        "description": dataset.description,
        "license": LICENCE_URL,
        "creator": {"@type": "Organization", "name": view.settings.organization.name},
        "url": view.absolute(f"opendata/#{dataset.name}"),
        "distribution": [
            {"@type": "DataDownload", "encodingFormat": "text/csv", "contentUrl": view.absolute(dataset.path)}
        ],
    }


__all__ = ["LICENCE_NAME", "dataset_data", "dcat", "open_data_files", "open_datasets"]
