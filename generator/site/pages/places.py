"""Consultation desks and satellites: where to telephone, where to go."""

from __future__ import annotations

from collections.abc import Iterator

from generator.content.codes import PlaceKind
from generator.site.page import Crumb, Page
from generator.site.view import SiteView

CRUMB = Crumb("相談窓口・拠点", "places/")


def place_pages(view: SiteView) -> Iterator[Page]:
    """Yield the list and every place."""
    yield Page(
        address=CRUMB.address,
        title=CRUMB.title,
        kind="places",
        template="places.html",
        description="電話でも来所でも相談できます。県内のサテライト拠点もご利用ください。",
        values={"groups": [(kind, [p for p in view.places if p.kind is kind]) for kind in PlaceKind]},
    )
    for place in view.places:
        yield Page(
            address=place.address,
            title=place.title,
            kind="places",
            template="place.html",
            description=place.summary,
            crumbs=(CRUMB,),
            updated=place.updated,
            twin=f"en/{place.address}" if place.english else None,
            values={
                "place": place,
                "programs": [p for p in view.programs if p.desk == place.slug],
            },
        )
