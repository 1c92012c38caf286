"""Gathers what one run shows of members: their facts, and the pages that name them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from company_db.classification import codes
from company_db.directory import Directory, Member
from company_db.directory_row import ListedRow
from company_db.pages.listing import MemberFacts
from company_db.pages.manifest import Manifest
from company_db.pages.member_page import Related
from generator.content.codes import OrderDirection
from generator.content.library import Library
from generator.content.model import Item, LicensablePatent, OrderInquiry, Program, Story

_ONE_BY_ONE = 50  # up to this many profiles are asked for singly
_MOST_ORDERS = 3


@dataclass
class Gathered:
    """Members of one run: what lists need of each, and whole the ones that were read anew."""

    facts: dict[str, MemberFacts]
    members: dict[str, Member] = field(default_factory=dict)

    def find_member(self, key: str, directory: Directory) -> Member | None:
        """Return a member, reading it when this run has not yet."""
        return self.members.get(key) or next(iter([*directory.members([key])]), None)


def gather(
    directory: Directory, rows: Iterable[ListedRow], manifest: Manifest, *, everything: bool
) -> Gathered:
    """Read the members that changed (or all, for a run that writes all); of the others the facts are remembered."""
    facts: dict[str, MemberFacts] = {}
    wanted: list[str] = []
    for row in rows:
        if not row.member:
            continue
        known = manifest.facts.get(row.key)
        if everything or known is None or known[0] != row.digest:
            wanted.append(row.key)
        else:
            facts[row.key] = MemberFacts.remembered(known[1:])
    members = {member.row.key: member for member in _members(directory, wanted)}
    facts |= {key: MemberFacts.of(member.profile) for key, member in members.items()}
    return Gathered(facts, members)


def _members(directory: Directory, wanted: list[str]) -> Iterable[Member]:
    if len(wanted) > _ONE_BY_ONE:
        some = frozenset(wanted)
        return (member for member in directory.members() if member.row.key in some)
    return directory.members(wanted) if wanted else ()


def related_pages(library: Library, facts: Mapping[str, MemberFacts]) -> dict[str, Related]:
    """Return the pages that a member's page leads to.

    Its own patents and stories, the programs that its stories tell of, and open orders for a process that it
    offers. Orders are matched by process alone: who placed one is never shown.
    """
    found: dict[str, list[tuple[str, str, str]]] = {}
    own: list[LicensablePatent | Story] = [*library.public(LicensablePatent), *library.public(Story)]
    for item in own:
        if item.company_key in facts:
            pages = (item, *_programs(library, item)) if isinstance(item, Story) else (item,)
            entries = found.setdefault(item.company_key, [])
            entries += [page for page in map(_entry, pages) if page not in entries]
    for key, orders in _orders_by_member(library, facts).items():
        found.setdefault(key, []).extend(orders[:_MOST_ORDERS])
    return {key: tuple(entries) for key, entries in found.items()}


def _programs(library: Library, story: Story) -> list[Program]:
    return [program for program in library.public(Program) if program.slug in story.programs]


def _entry(item: Item) -> tuple[str, str, str]:
    return item.label, item.title, item.address


def _orders_by_member(
    library: Library, facts: Mapping[str, MemberFacts]
) -> dict[str, list[tuple[str, str, str]]]:
    members: dict[str, list[str]] = {}
    for key, fact in facts.items():
        for process in fact.processes:
            members.setdefault(process, []).append(key)
    found: dict[str, list[tuple[str, str, str]]] = {}
    for order in library.public(OrderInquiry):
        is_open = order.opens <= library.on and (order.closes is None or library.on <= order.closes)
        if order.direction is not OrderDirection.BUYING or not is_open:
            continue
        wanted = {codes.find_code(codes.processes(), text) for text in order.processes}
        for key in {key for code in wanted if code for key in members.get(code, ())}:
            found.setdefault(key, []).append((OrderInquiry.label, order.title, order.address))
    return found
