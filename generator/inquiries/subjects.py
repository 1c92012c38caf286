"""What an inquiry is about: pages and companies of the site, looked up by what the link says."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from generator.content.company import CompanyProfile
from generator.content.library import Library
from generator.content.reader import KINDS

MOST_COMPANIES = 30
_COMPANY = re.compile(r"[0-9]{13}|k[0-9]{8}")


@dataclass(frozen=True, slots=True)
class Subject:
    """One page an inquiry is about."""

    address: str  # site-relative
    title: str


def subjects_of(parameters: Mapping[str, str], library: Library) -> tuple[Subject, ...]:
    """Read ``about=`` (a page), ``company=`` or ``companies=a,b`` (keys); what is not on the site is left out.

    A company that stands only in the register is named by its number.
    """
    keys = [key for name in ("company", "companies") for key in re.split(r"[,\s]+", parameters.get(name, ""))]
    unique = list(dict.fromkeys(key for key in keys if _COMPANY.fullmatch(key)))[:MOST_COMPANIES]
    names = {company.key: company.name for company in library.all(CompanyProfile)} if unique else {}
    companies = [Subject(f"companies/{key}/", names.get(key, f"法人番号 {key}")) for key in unique]
    return (*_page(parameters.get("about", ""), library), *companies)


def _page(about: str, library: Library) -> Sequence[Subject]:
    address = about.removeprefix("/").removeprefix("en/")
    for kind in KINDS:
        for item in library.public(kind):
            if item.address == address:
                return [Subject(item.address, item.title)]
    return []
