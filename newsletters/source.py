"""The back numbers as a source of the Library; also tells what is wrong in ``content/newsletters.yml``."""

from __future__ import annotations

from datetime import date

import xxhash

from generator.clock import fiscal_year
from generator.content.library import Contribution, make_library
from generator.content.model import Item
from generator.content.reader import read_content
from generator.errors import SettingsError
from generator.plan.model import PlannedCount
from generator.settings import Settings
from newsletters.calendar import year_slots
from newsletters.declaration import Newsletter, parse_newsletters
from newsletters.issue.archive import back_issues, submissions
from newsletters.issue.entry import catalogue


class BackIssueSource:
    """Submitted issues, read from the repository alone: no database is asked."""

    name = "back_issues"

    def fingerprint(self, settings: Settings) -> str:
        """Return a digest of the archive and the declarations; the items' own source tells when they change."""
        digest = xxhash.xxh3_128()
        files = [settings.content / "newsletters.yml", *(settings.content / "issues").rglob("*.*")]
        for path in sorted(p for p in files if p.is_file()):
            state = path.stat()
            digest.update(
                f"{path.relative_to(settings.content)}\0{state.st_size}\0{state.st_mtime_ns}\n".encode()
            )
        return digest.hexdigest()

    def load(self, settings: Settings, on: date) -> Contribution:
        """Read the archive; notices on what changed since need the items, so the words are read too."""
        declared = settings.content / "newsletters.yml"
        newsletters, problems = parse_newsletters(declared) if declared.exists() else ((), ())
        planned = [count for newsletter in newsletters for count in _planned(newsletter, on)]
        if not submissions(settings.content):
            return Contribution(planned, problems)
        items = [thing for thing in read_content(settings.content).things if isinstance(thing, Item)]
        things = catalogue(make_library(items, on=on))
        issues, damaged = back_issues(settings.content, things, {n.name: n.title for n in newsletters})
        return Contribution((*issues, *planned), (*problems, *damaged))


def _planned(newsletter: Newsletter, on: date) -> list[PlannedCount]:
    """Return what the calendar still holds this fiscal year, for the plan's own count."""
    if not newsletter.count_line:
        return []
    try:
        slots = year_slots(newsletter, fiscal_year(on))
    except SettingsError:  # a rule that cannot be read is told where the calendar is asked for
        return []
    label = f"{newsletter.title}（予定）"
    line = newsletter.count_line
    return [PlannedCount(line=line, day=s.issue_date, label=label) for s in slots if s.issue_date > on]


back_issue_source = BackIssueSource()
