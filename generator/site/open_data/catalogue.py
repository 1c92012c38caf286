"""The catalogue of open data: every table linted and written, its card, its code tables, and DCAT for machines."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

import orjson

from generator.site.artifact import Artifact
from generator.site.open_data.dataset import LICENCE_NAME, LICENCE_URL, Dataset, csv_bytes
from generator.site.open_data.events import event_datasets
from generator.site.open_data.linter import require_readable
from generator.site.open_data.programs import JSON_PATH, programs_json, support_dataset
from generator.site.open_data.registers import company_datasets, patent_dataset, place_dataset
from generator.site.view import SiteView

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
    for table in tables.values():
        rows = [*table.rows]
        yield Artifact(
            f"opendata/codes/{table.name}.csv", csv_bytes(("コード", "名称", "英語名称"), rows), "file"
        )
    yield Artifact(JSON_PATH, programs_json(view), "file")
    yield Artifact(CATALOGUE_PATH, orjson.dumps(dcat(view, datasets), option=orjson.OPT_INDENT_2), "file")


def columns_csv(dataset: Dataset) -> bytes:
    """Write the data card's table: what every column means and how it is written."""
    rows = [
        (c.name, c.english, c.meaning, c.kind.value, "必須" if c.required else "任意", c.unit, c.codes)
        for c in dataset.columns
    ]
    return csv_bytes(_COLUMN_HEADER, rows)


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
