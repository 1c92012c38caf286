"""What the site's search finds of companies, and the facets by which they are narrowed."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from functools import cache

from company_db.classification import codes
from company_db.classification.codes import CodeEntry
from company_db.directory import Directory
from company_db.directory_row import DirectoryRow
from generator.content.company import CompanyProfile
from generator.search.document import SearchDocument

BANDS = (5, 20, 50, 100, 300)
"""Upper ends of the bands of employees; the last band is open."""

_MEMBER = {"yes": "会員（くわしい情報あり）", "no": "登記の情報のみ"}
_MEMBER_EN = {"yes": "Members with full profiles", "no": "Register entry only"}


def search_documents(directory: Directory) -> Iterator[SearchDocument]:
    """Yield listed companies in key order: all in Japanese, those with an English name in English too."""
    profiles = iter(directory.profiles())
    profile = next(profiles, None)
    for row in directory.rows():
        while profile is not None and profile.key < row.key:
            profile = next(profiles, None)
        own = profile if profile is not None and profile.key == row.key else None
        yield from documents_of(row, own)


def documents_of(row: DirectoryRow, profile: CompanyProfile | None) -> Iterator[SearchDocument]:
    """Yield what search knows of one company: nothing of a closed one."""
    if not row.closed:
        yield _document(row, profile, "ja")
        if row.name_en:
            yield _document(row, profile, "en")


def _document(row: DirectoryRow, profile: CompanyProfile | None, language: str) -> SearchDocument:
    prefix = "" if language == "ja" else "en/"
    town = codes.municipalities().get(row.municipality_code)
    place = (town.ja if language == "ja" else town.en) if town else ""
    fields = {"name": row.name, "kana": row.kana, "english": row.name_en, "address": row.address}
    headline = ""
    if profile is not None:
        fields |= _texts(profile, language)
        headline = (language == "en" and profile.headline_en) or profile.headline
    return SearchDocument(
        key=f"{prefix}companies/{row.key}",
        url=f"{prefix}companies/{row.key}/",
        kind="companies",
        language=language,
        title=row.name if language == "ja" else row.name_en,
        brief=" ".join(filter(None, (place, headline))),
        fields={name: text for name, text in fields.items() if text},
        facets={
            name: _labelled(name, found, language) for name, found in _facets(row, profile).items() if found
        },
        rank=1.0 if profile is not None else 0.0,
        sort_key=row.kana or row.name,
        confirmed=row.confirmed,
    )


def _texts(profile: CompanyProfile, language: str) -> dict[str, str]:
    english = language == "en"
    parts = profile.capabilities
    products = [(one.name_en or one.name) if english else one.name for one in profile.products]
    told = [one.description_en if english else one.description for one in profile.products]
    texts = [
        profile.headline_en if english else profile.headline,
        profile.business_en if english else profile.business,
        profile.pr_en if english else profile.pr,
        *profile.strengths,
        *told,
    ]
    return {
        "products": "\n".join(products),
        "processes": "\n".join(_words(codes.processes(), (part.process for part in parts), english=english)),
        "materials": "\n".join(
            dict.fromkeys(m for part in parts for m in (part.materials_en if english else part.materials))
        ),
        "equipment": "\n".join(
            f"{(one.name_en or one.name) if english else one.name} {one.maker} {one.model}".strip()
            for one in profile.equipment
        ),
        "text": "\n".join(filter(None, (*texts, *(one.name for one in profile.certifications)))),
    }


def _words(entries: Mapping[str, CodeEntry], wanted: Iterable[str], *, english: bool) -> Iterator[str]:
    """Yield a code's name and the other words that people search it by."""
    for code in dict.fromkeys(wanted):
        entry = entries.get(code)
        if entry is not None:
            yield from ((entry.en,) if english else (entry.ja, *entry.aliases))


def _facets(row: DirectoryRow, profile: CompanyProfile | None) -> dict[str, tuple[str, ...]]:
    industries = row.industries.split()
    facets = {
        "municipality": (row.municipality_code,) if row.municipality_code else (),
        "industry": tuple(dict.fromkeys([*(code[0] for code in industries), *industries])),
        "member": ("yes" if profile is not None else "no",),
    }
    if profile is None:
        return facets
    materials = {entry.ja: entry.code for entry in codes.materials().values()}
    lots = {entry.ja: entry.code for entry in codes.lots().values()}
    parts = profile.capabilities
    return facets | {
        "process": tuple(dict.fromkeys(part.process for part in parts)),
        "material": tuple(dict.fromkeys(materials[m] for part in parts for m in part.materials)),
        "lot": tuple(dict.fromkeys(lots[lot] for part in parts for lot in part.lots)),
        "certification": tuple(dict.fromkeys(part.code for part in profile.certifications)),
        "employees": () if profile.employees is None else (employee_band(profile.employees),),
        "language": profile.languages,
        "export": profile.export_countries,
    }


def _labelled(facet: str, found: Iterable[str], language: str) -> tuple[str, ...]:
    """Put each code's name behind it, as search shows it."""
    return tuple(f"{code}\t{_label(facet, code, english=language == 'en')}" for code in found)


def _label(facet: str, code: str, *, english: bool) -> str:
    if facet == "employees":
        return _band_label(code, english=english)
    if facet == "member":
        return (_MEMBER_EN if english else _MEMBER)[code]
    entry = _names(facet).get(code)
    return (entry.en if english else entry.ja) if entry else code


@cache
def _names(facet: str) -> Mapping[str, CodeEntry | codes.Municipality]:
    lists: dict[str, Mapping[str, CodeEntry | codes.Municipality]] = {
        "municipality": codes.municipalities(),
        "industry": {**codes.divisions(), **codes.industries()},
        "process": codes.processes(),
        "material": codes.materials(),
        "certification": codes.certifications(),
        "lot": codes.lots(),
        "language": codes.languages(),
        "export": codes.countries(),
    }
    return lists.get(facet, {})


def _band_label(code: str, *, english: bool) -> str:
    if code == "over":
        return f"More than {BANDS[-1]}" if english else f"{BANDS[-1] + 1}人以上"
    return f"Up to {code}" if english else f"{code}人以下"


def employee_band(employees: int) -> str:
    """Return the band of a number of employees: ``5`` means up to five, ``over`` more than 300."""
    return next((str(limit) for limit in BANDS if employees <= limit), "over")
