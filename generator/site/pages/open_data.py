"""The open-data page: every table with its card, licence and files, for people."""

from __future__ import annotations

from collections.abc import Iterator

from generator.site.open_data.catalogue import CATALOGUE_PATH, dataset_data, open_datasets
from generator.site.open_data.dataset import LICENCE_NAME, LICENCE_URL
from generator.site.open_data.programs import JSON_PATH
from generator.site.page import Crumb, Page
from generator.site.view import SiteView


def open_data_pages(view: SiteView) -> Iterator[Page]:
    """Yield the page of the catalogue."""
    datasets = open_datasets(view)
    yield Page(
        address="opendata/",
        title="オープンデータ",
        kind="opendata",
        template="opendata.html",
        description="催し、支援制度、企業、開放特許、窓口の一覧を、だれでも使える形で公開しています。",
        crumbs=(Crumb("ホーム", ""),),
        values={
            "datasets": datasets,
            "licence_name": LICENCE_NAME,
            "licence_url": LICENCE_URL,
            "catalogue": CATALOGUE_PATH,
            "json_path": JSON_PATH,
        },
        data=tuple(dataset_data(view, dataset) for dataset in datasets),
    )
