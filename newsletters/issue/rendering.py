"""Sets an issue in its three faces: HTML mail, text mail and the back number, for each set of topics."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from functools import cache

import css_inline

from generator.content.codes import Topic
from generator.content.model import letter_address
from generator.rendering.markdown import to_html
from generator.rendering.plaintext import COLUMNS, fold, html_to_text, width
from generator.rendering.templates import Templates, safe_html
from generator.settings import Settings
from newsletters.declaration import Choice, Newsletter
from newsletters.issue.characters import settle
from newsletters.issue.entry import Entry, Thing, day_words, entry_of
from newsletters.issue.frozen import ALL
from newsletters.issue.model import Issue, Pick, Prose, Section, without_comments
from newsletters.issue.subjects import is_subject_made, subject_for

RULE = "－" * 17
"""A short rule: proportional fonts break long ones."""
DUE_DAYS = 14
"""From so many days before a deadline on, the index says it."""


@dataclass(frozen=True, slots=True)
class Marks:
    """Where a person's own links will stand."""

    unsubscribe: str
    manage: str


@dataclass(frozen=True, slots=True)
class Block:
    """One thing set in type: an item with its number, or the editor's paragraphs."""

    entry: Entry | None
    number: int
    url: str
    html: str
    text: str
    due: str = ""  # a deadline so near that the index must say it


@dataclass(frozen=True, slots=True)
class SetSection:
    """A section ready for a template."""

    key: str
    title: str
    blocks: tuple[Block, ...]

    @property
    def items(self) -> tuple[Block, ...]:
        """The blocks that are items."""
        return tuple(block for block in self.blocks if block.entry)


@dataclass(frozen=True, slots=True)
class Face:
    """One variant's mail."""

    key: str
    topics: tuple[str, ...]
    subject: str
    html: str
    text: str
    items: int


@dataclass(frozen=True)
class Typeset:
    """An issue in all its faces; ``empty`` names the variants that hold no item and are not sent."""

    faces: Mapping[str, Face]
    empty: tuple[str, ...]
    web_html: str
    entries: tuple[Entry, ...]
    missing: tuple[str, ...]  # references that lead to nothing public


@dataclass(frozen=True)
class Workshop:
    """What rendering needs and never changes within a run."""

    settings: Settings
    templates: Templates

    @classmethod
    def of(cls, settings: Settings) -> Workshop:
        """Open the mail templates of a project."""
        return cls(settings, Templates([settings.templates]))

    def at_home(self, newsletter: Newsletter) -> Workshop:
        """Return the workshop of a back number: its links lead up from its own folder, wherever the site lies."""
        up = "../" * web_address(newsletter, "date").count("/")
        return Workshop(self.settings.model_copy(update={"site_url": up}), self.templates)

    def url(self, address: str) -> str:
        """Return the full URL of a site address."""
        return address if "://" in address else self.settings.site_url + address


def typeset(
    issue: Issue, newsletter: Newsletter, things: Mapping[str, Thing], workshop: Workshop, marks: Marks
) -> Typeset:
    """Set an issue in every face and variant; pure but for reading templates."""
    entries = {
        ref: entry_of(things[ref], language=newsletter.language) for ref in issue.references if ref in things
    }
    is_made = is_subject_made(issue, newsletter, things)
    setting = _Setting(issue, newsletter, workshop, marks, is_subject_made=is_made)
    faces: dict[str, Face] = {}
    empty: list[str] = []
    for choices in newsletter.topic_sets():
        key = variant_key(choices, newsletter)
        sections = _set_sections(issue, newsletter, entries, workshop, choices)
        count = sum(len(section.items) for section in sections)
        has_words = key == ALL and (issue.lead or any(s.blocks for s in sections))
        if (
            count == 0 and not has_words and not issue.corrects
        ):  # a correction is for everybody who was misled
            empty.append(key)
            continue
        faces[key] = _face(key, choices, sections, setting)
    at_home = workshop.at_home(newsletter)
    whole = _set_sections(issue, newsletter, entries, at_home, ())
    return Typeset(
        faces=faces,
        empty=tuple(empty),
        web_html=_web(issue, newsletter, whole, at_home),
        entries=tuple(entries[ref] for ref in issue.references if ref in entries),
        missing=tuple(ref for ref in issue.references if ref not in entries),
    )


def variant_key(choices: Sequence[Choice], newsletter: Newsletter) -> str:
    """Return the key of a set of choices."""
    return ALL if len(choices) == len(newsletter.choices) else "+".join(choice.key for choice in choices)


def variant_title(choices: Sequence[Choice], newsletter: Newsletter) -> str:
    """Name a variant as its readers chose it."""
    if len(choices) == len(newsletter.choices):
        return "すべての分野"
    return "＋".join(choice.title for choice in choices)


def web_address(newsletter: Newsletter, issue_date: object) -> str:
    """Return the back number's site address."""
    return f"{letter_address(newsletter.name, newsletter.language)}{issue_date}/"


@dataclass(frozen=True, slots=True)
class _Setting:
    issue: Issue
    newsletter: Newsletter
    workshop: Workshop
    marks: Marks
    is_subject_made: bool = False


def _set_sections(
    issue: Issue,
    newsletter: Newsletter,
    entries: Mapping[str, Entry],
    workshop: Workshop,
    choices: Sequence[Choice],
) -> tuple[SetSection, ...]:
    topics = {topic for choice in choices for topic in choice.topics}
    every = len(choices) == len(newsletter.choices) or not choices
    number = 0
    sections: list[SetSection] = []
    for section in issue.sections:
        blocks: list[Block] = []
        for block in section.blocks:
            if isinstance(block, Prose):
                blocks += _prose(block, workshop)
            elif block.reference in entries and (every or _is_for(entries[block.reference], topics)):
                number += 1
                entry = entries[block.reference]
                due = _due_words(entry, issue, newsletter.language)
                blocks.append(replace(_item(block, entry, number, workshop), due=due))
        if _is_worth_setting(section, blocks):
            sections.append(SetSection(section.key, section.title, tuple(blocks)))
    return tuple(sections)


def _is_worth_setting(section: Section, blocks: Sequence[Block]) -> bool:
    """A section whose every item is for others is left out, with the words that led to them."""
    return any(block.entry for block in blocks) or (bool(blocks) and not section.picks)


def _is_for(entry: Entry, topics: set[Topic]) -> bool:
    return not entry.topics or not topics.isdisjoint(entry.topics)


def _due_words(entry: Entry, issue: Issue, language: str) -> str:
    day = entry.closes
    if day is None or not 0 <= (day - issue.issue_date).days <= DUE_DAYS:
        return ""
    return f"by {day:%-d %b}" if language == "en" else f"{day.month}月{day.day}日締切"


def _prose(prose: Prose, workshop: Workshop) -> list[Block]:
    html = words_html(prose.markdown, workshop)
    return [Block(None, 0, "", safe_html(html), settle(html_to_text(html)))] if html else []


def _item(pick: Pick, entry: Entry, number: int, workshop: Workshop) -> Block:
    if html := words_html(pick.blurb, workshop):
        return Block(entry, number, workshop.url(entry.address), safe_html(html), settle(html_to_text(html)))
    text = fold(settle(entry.summary)) if entry.summary else ""
    return Block(entry, number, workshop.url(entry.address), "", text)


_LAZY = re.compile(r' (loading|data-label)="[^"]*"')


@cache
def _words_html(markdown: str, base: str) -> str:
    return _LAZY.sub("", to_html(markdown, base=base, top_heading=3))


def words_html(markdown: str, workshop: Workshop) -> str:
    """Render the editor's Markdown, without the notes to oneself, with full addresses."""
    return _words_html(without_comments(markdown).strip(), workshop.settings.site_url)


def _face(key: str, choices: Sequence[Choice], sections: tuple[SetSection, ...], setting: _Setting) -> Face:
    chosen = [c.title for c in choices] if key != ALL else []
    subject = settle(_subject(sections, setting))
    values = _values(sections, setting) | {"chosen": chosen, "subject": subject}
    html = settle(_inline(setting.workshop.templates.render("mail/issue.html.j2", values)))
    text = settle(setting.workshop.templates.render("mail/issue.txt.j2", values))
    topics = tuple(str(topic) for choice in choices for topic in choice.topics)
    count = sum(len(section.items) for section in sections)
    return Face(key, topics, subject, html, _tidy(text), count)


def _subject(sections: tuple[SetSection, ...], setting: _Setting) -> str:
    """The editor's own subject, or, where it was left as made, one of the items that this variant holds."""
    issue, newsletter = setting.issue, setting.newsletter
    if not setting.is_subject_made:
        return issue.subject
    return subject_for(newsletter, issue.number, _titles(sections))


def _values(sections: tuple[SetSection, ...], setting: _Setting) -> dict[str, object]:
    issue, newsletter, workshop = setting.issue, setting.newsletter, setting.workshop
    organization = workshop.settings.organization
    lead, note = words_html(issue.lead, workshop), words_html(issue.editors_note, workshop)
    english = newsletter.language == "en"
    contact = newsletter.legal.contact or f"{organization.telephone} / {organization.email}"
    return {
        "issue": issue,
        "newsletter": newsletter,
        "sections": sections,
        "organization": organization,
        "sender_name": organization.name_en if english else organization.name,
        "postal": organization.address_en
        if english
        else f"〒{organization.postal_code} {organization.address}",
        "contact": contact,
        "date_words": _date_words(issue.issue_date, newsletter.language),
        "corrects_words": _date_words(date.fromisoformat(issue.corrects), newsletter.language)
        if issue.corrects
        else "",
        "number_words": f"No. {issue.number}" if english else f"第{issue.number}号",
        "web_url": workshop.url(web_address(newsletter, issue.issue_date)),
        "corrects_url": workshop.url(web_address(newsletter, issue.corrects)) if issue.corrects else "",
        "site_url": workshop.settings.site_url,
        "unsubscribe": setting.marks.unsubscribe,
        "manage": setting.marks.manage,
        "lead_html": safe_html(lead),
        "lead_text": html_to_text(lead),
        "note_html": safe_html(note),
        "note_text": html_to_text(note),
        "rule": RULE,
        "fold": fold,
        "fact_line": _fact_line,
        "en": english,
        "preheader": (" / " if english else "／").join(_titles(sections)[:3]),
    }


def _date_words(day: date, language: str) -> str:
    return day_words(day, language) if language == "en" else f"{day.year}年{day_words(day)}"


def _fact_line(label: str, value: str) -> str:
    return fold(settle(value), first=f"{label}: ", rest="　　")


def _titles(sections: Sequence[SetSection]) -> list[str]:
    return [block.entry.title for section in sections for block in section.items if block.entry]


def _web(issue: Issue, newsletter: Newsletter, sections: tuple[SetSection, ...], workshop: Workshop) -> str:
    setting = _Setting(issue, newsletter, workshop, Marks("", ""))
    return workshop.templates.render("mail/back_number.html.j2", _values(sections, setting))


@cache
def _inliner() -> css_inline.CSSInliner:
    return css_inline.CSSInliner(keep_at_rules=True, load_remote_stylesheets=False)


def _inline(html: str) -> str:
    return re.sub(r">\s*\n\s*<", ">\n<", _inliner().inline(html))


def _tidy(text: str) -> str:
    """No more than one empty line, none of them with spaces, one newline at the end."""
    lines = "\n".join(line.rstrip() for line in text.splitlines())
    return re.sub(r"\n{3,}", "\n\n", lines).strip() + "\n"


def widest_line(text: str) -> tuple[int, int]:
    """Return line number and columns of the widest line that holds no address."""
    lines = [(width(line), number) for number, line in enumerate(text.splitlines(), 1) if "://" not in line]
    widest, number = max(lines, default=(0, 0))
    return (number, widest) if widest > COLUMNS + 2 else (0, widest)
