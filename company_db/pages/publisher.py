"""Writes the company directory: what changed and nothing else, in as many processes as the settings allow."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from itertools import chain

from company_db.directory import Directory
from company_db.pages.front_page import front_page, section_page
from company_db.pages.gathering import gather, related_pages
from company_db.pages.listing import digest_of
from company_db.pages.look import Look
from company_db.pages.manifest import Manifest
from company_db.pages.plan import Plan
from company_db.pages.search import search_documents
from company_db.pages.sitemap import sitemap
from company_db.pages.standing import Standing, files_of, is_company, remove
from company_db.pages.tile_map import background
from company_db.pages.words import WORDS
from company_db.pages.writing import CompanyJob, Job, Pen, write_jobs
from generator.content.model import LicensablePatent, OrderInquiry, Story
from generator.search.document import SearchDocument
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
        settings, look = context.settings, Look.of(context)
        directory, path = Directory(settings, context.on), settings.build / "companies-manifest.json"
        manifest, standing, look_digest = Manifest.load(path), Standing.of(look.site), look.digest()
        run = digest_of((directory.fingerprint(), look.today, look_digest, _naming(context)))
        missing = standing.missing(manifest.units)
        if manifest.run == run and not missing:
            return _report(manifest.units, standing.strangers(manifest.units), look)
        everything = manifest.look != look_digest
        gathered = gather(directory, manifest, everything=everything)
        plan = Plan(gathered, related_pages(context.library, gathered.facts), look)
        wanted = {
            unit: digest
            for unit, digest in plan.units.items()
            if everything or manifest.units.get(unit) != digest or unit in missing
        }
        manifest.forgetting(wanted, everything=everything).save(path)
        written = write_jobs(_jobs(plan, wanted, directory), look, processes=settings.processes)
        written += _write_rest(plan, wanted, look) + _write_photos(plan, wanted, look, directory)
        gone = (manifest.units.keys() - plan.units.keys()) | standing.strangers(plan.units)
        report = _report(plan.units, gone, look, written=written)
        Manifest(run, look_digest, plan.units, _remembered(plan)).save(path)
        return report

    def search_documents(self, context: PublishContext) -> Iterable[SearchDocument]:
        """Yield every listed company in key order; members in English too."""
        return search_documents(Directory(context.settings, context.on))


DIRECTORY = DirectoryPublisher()


def _naming(context: PublishContext) -> str:
    """Return a digest of the items that companies' pages may lead to."""
    library = context.library
    items = chain(library.public(LicensablePatent), library.public(Story), library.public(OrderInquiry))
    return digest_of(item.model_dump_json() for item in items)


def _jobs(plan: Plan, wanted: Mapping[str, str], directory: Directory) -> Iterator[Job]:
    gathered = plan.gathered
    for row in gathered.rows:
        if row.key not in wanted:
            continue
        if row.key in gathered.facts:
            yield CompanyJob(row, *gathered.member(row.key, directory), plan.related.get(row.key, ()))
        else:
            yield CompanyJob(row)
    yield from plan.list_jobs(wanted)


def _write_rest(plan: Plan, wanted: Mapping[str, str], look: Look) -> int:
    """Write what there is only one of: front pages, sitemaps and the small map."""
    pen, written = Pen(look), 0
    try:
        if "map.svg" in wanted:
            pen.put("ja", "map.svg", background())
            written += 1
        for section in (path for path in plan.fronts if path in wanted):
            for language, words in WORDS.items():
                name = section.rstrip("/")
                page = (
                    section_page(name, plan.counts[name], look, words)
                    if name
                    else front_page(plan.front, look, words)
                )
                pen.put(language, f"{section}index.html", page)
                written += 1
        for name, entries in plan.sitemaps.items():
            if name in wanted:
                pen.put("ja", name, sitemap(entries, look.site_url))
                written += 1
    finally:
        pen.close()
    return written


def _write_photos(plan: Plan, wanted: Mapping[str, str], look: Look, directory: Directory) -> int:
    pen, written = Pen(look), 0
    try:
        for path in (path for path in plan.photos if path in wanted):
            pen.put("ja", path, directory.photo(path))
            written += 1
    finally:
        pen.close()
    return written


def _remembered(plan: Plan) -> dict[str, list[object]]:
    facts = plan.gathered.facts
    return {row.key: [row.digest, *facts[row.key]] for row in plan.gathered.rows if row.key in facts}


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
