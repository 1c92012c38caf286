"""Writes the company directory: what changed and nothing else, in as many processes as the settings allow."""

from __future__ import annotations

import gc
from collections.abc import Iterable, Iterator, Mapping
from collections.abc import Set as AbstractSet
from contextlib import contextmanager
from itertools import chain

from company_db.directory import Directory
from company_db.pages.crew import Crew, Desk, MemberJob
from company_db.pages.gathering import Gathered, gather, related_pages
from company_db.pages.listing import digest_of
from company_db.pages.look import Look
from company_db.pages.manifest import Manifest
from company_db.pages.pen import Place
from company_db.pages.plan import Plan
from company_db.pages.search_changes import search_source
from company_db.pages.shared import write_shared
from company_db.pages.standing import Standing, files_of, is_company, remove
from company_db.pages.words import WORDS
from generator.content.model import Item, LicensablePatent, OrderInquiry, Program, Story
from generator.search.source import SearchSource
from generator.settings import Settings
from generator.site.publisher import PublishContext, PublishReport


class DirectoryPublisher:
    """``koho.publishers: companies``."""

    name = "companies"

    def fingerprint(self, settings: Settings) -> str:
        """Change with every intake, and with the day, because pages age."""
        day = settings.as_of()
        return f"{Directory(settings, day).fingerprint()}-{day}"

    def publish(self, context: PublishContext) -> PublishReport:
        """Bring the pages, lists, data and sitemaps of all companies up to date."""
        with _collector_at_rest():
            return self._publish(context)

    def _publish(self, context: PublishContext) -> PublishReport:
        settings, look = context.settings, Look.of(context)
        directory, path = Directory(settings, context.on), settings.build / "companies-manifest.json"
        manifest, standing, look_digest = Manifest.load(path), Standing.of(look.site), look.digest()
        run = digest_of((directory.fingerprint(), look.today, look_digest, _naming(context)))
        missing = standing.missing(manifest.units)
        if manifest.run == run and not missing:
            return _report(manifest.units, standing.strangers(manifest.units), look)
        place = Place.of(look.site)
        everything = manifest.look != look_digest or place.fresh
        with Crew(Desk(look, directory.shown, place), processes=settings.processes) as crew:
            if everything:
                crew.prepare(directory.shown.known())
            rows = directory.shown.listed()
            if everything:  # these pages need no plan
                manifest.forgetting((), everything=True).save(path)
                crew.registered({row.key: row.digest for row in rows if not row.member})
            gathered = gather(directory, rows, manifest, everything=everything)
            plan = Plan(rows, gathered.facts, related_pages(context.library, gathered.facts), look)
            wanted = plan.units.keys() if everything else _changed(plan.units, manifest, missing)
            manifest.forgetting(wanted, everything=everything).save(path)
            if not everything:
                crew.registered({row.key: row.digest for row in rows if row.key in wanted and not row.member})
            crew.members(list(_member_jobs(plan, wanted, gathered, directory)))
            files = write_shared(plan, wanted, directory, place)
            written = crew.finish()
        place.settle(look.site)
        gone = (manifest.units.keys() - plan.units.keys()) | standing.strangers(plan.units)
        report = _report(plan.units, gone, look, written=files + written.files)
        done = {**plan.units, **dict.fromkeys(written.strange, "")}
        Manifest("" if written.strange else run, look_digest, done, _remembered(plan)).save(path)
        return report

    def search_source(self, context: PublishContext) -> SearchSource:
        """Return every listed company; members in English too."""
        return search_source(Directory(context.settings, context.on))


DIRECTORY = DirectoryPublisher()


@contextmanager
def _collector_at_rest() -> Iterator[None]:
    """Tens of thousands of rows hold no cycles, and each pass of the collector would look at all of them."""
    was_on = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was_on:
            gc.enable()


def _naming(context: PublishContext) -> str:
    """Return a digest of the items that companies' pages may lead to."""
    library = context.library
    kinds: tuple[type[Item], ...] = (LicensablePatent, Story, Program, OrderInquiry)
    items = chain.from_iterable(map(library.public, kinds))
    return digest_of(item.model_dump_json() for item in items)


def _changed(units: Mapping[str, str], manifest: Manifest, missing: AbstractSet[str]) -> AbstractSet[str]:
    """Return the units whose inputs are not those of the last run, or whose files are not there."""
    known = manifest.units
    return {unit for unit, digest in units.items() if known.get(unit) != digest} | (units.keys() & missing)


def _member_jobs(
    plan: Plan, wanted: AbstractSet[str], gathered: Gathered, directory: Directory
) -> Iterator[MemberJob]:
    for row in plan.rows:
        if row.member and row.key in wanted and (member := gathered.find_member(row.key, directory)):
            yield MemberJob(*member, row.digest, plan.related.get(row.key, ()))


def _remembered(plan: Plan) -> dict[str, list[object]]:
    return {
        row.key: [row.digest, *plan.facts[row.key]]
        for row in plan.rows
        if row.member and row.key in plan.facts
    }


def _report(units: Mapping[str, str], gone: Iterable[str], look: Look, *, written: int = 0) -> PublishReport:
    """Remove what is gone and say what was done."""
    others = [unit for unit in units if not is_company(unit)]
    companies = len(units) - len(others)
    files = companies * len(WORDS) + sum(len(files_of(unit)) for unit in others)
    lists = sum(1 for unit in others if unit.endswith("/") or not unit)
    return PublishReport(
        written=written,
        unchanged=files - written,
        removed=remove(look.site, gone),
        pages={"companies": companies * len(WORDS), "lists": lists * len(WORDS)},
        sitemaps=tuple(f"companies/{unit}" for unit in units if unit.endswith(".xml")),
    )
