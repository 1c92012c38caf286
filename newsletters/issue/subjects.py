"""The subject of an issue: made of its first items, and whether it is still the machine's."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from newsletters.declaration import Newsletter
from newsletters.issue.entry import Thing, entry_of
from newsletters.issue.model import Issue

SUBJECT_ROOM = {"ja": 57, "en": 77}
"""Characters of a made subject; 「ほか」 may follow."""


def subject_for(newsletter: Newsletter, number: int, titles: Sequence[str]) -> str:
    """Make a subject: heading, number, and as many of the first titles as leave it readable."""
    english = newsletter.language == "en"
    head = f"{newsletter.heading} No. {number}" if english else f"【{newsletter.heading} 第{number}号】"
    words, named = "", 0
    for title in titles:
        longer = words + ((" / " if english else "／") if words else (": " if english else "")) + title
        if len(head + longer) > SUBJECT_ROOM[newsletter.language]:
            break
        words, named = longer, named + 1
    more = 0 < named < len(titles) and not english
    return (head + words + ("ほか" if more else "")).strip()


def is_subject_made(issue: Issue, newsletter: Newsletter, things: Mapping[str, Thing]) -> bool:
    """Say whether the subject is still the machine's: of the items picked now, or of all that were offered."""
    made = (
        subject_for(newsletter, issue.number, titles_of(references, newsletter, things))
        for references in (issue.references, issue.offered)
    )
    return issue.subject in made


def titles_of(references: Sequence[str], newsletter: Newsletter, things: Mapping[str, Thing]) -> list[str]:
    """Return the titles of what is picked, in the newsletter's language."""
    language = newsletter.language
    return [entry_of(things[ref], language=language).title for ref in references if ref in things]
