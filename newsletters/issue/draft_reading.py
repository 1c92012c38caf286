"""Reads the draft of an issue; a word that has no place in it is told, never dropped."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from pathlib import Path

from pydantic import Field

from generator.content.frontmatter import split_front_matter
from generator.content.model import Record, Slug
from generator.content.parsing import parse_record
from generator.errors import ContentError, Problem
from newsletters.issue.draft import LEAD, NOTE
from newsletters.issue.model import Issue, Pick, Prose, Section, without_comments

_HEADING = re.compile(r"^## (?P<title>.+?)\s*\{#(?P<key>[a-z0-9-]+)\}\s*$")
_PICK = re.compile(r"^- (?P<reference>[a-z]+/[^\s/]+)\s*$")
_MADE = re.compile(r"  <!-- .* -->\s*$")
_ANY_HEADING = re.compile(r"^## ")


class _Front(Record):
    """The fields at the head of a draft."""

    newsletter: Slug
    number: int = Field(ge=1)
    subject: str = ""
    author: str = ""
    corrects: date | None = None
    offered: tuple[str, ...] = ()
    date: date


@dataclass(frozen=True, slots=True)
class _Part:
    """What stands below one heading, and the heading's line."""

    section: Section
    line: int


def read_draft(path: Path, project: Path) -> Issue:
    """Read a draft; ``ContentError`` says which line to mend."""
    name = path.relative_to(project).as_posix() if path.is_relative_to(project) else path.name
    if not path.exists():
        mend = "koho newsletters draft で作ってください"
        raise ContentError([Problem(name, 0, "", "", "原稿がありません", mend)])
    issue = parse_draft(path.read_text(encoding="utf-8"), name)
    if (path.parent.name, path.stem) != (issue.newsletter, str(issue.issue_date)):
        mend = f"{path.parent.name} と {path.stem} に戻してください。日を変えるなら、その日の原稿を作ってください"
        message = "newsletter と date がファイルの場所と違います"
        raise ContentError([Problem(name, 2, "", issue.key, message, mend)])
    return issue


def parse_draft(text: str, name: str) -> Issue:
    """Return the issue that a draft says."""
    text = text.replace("\r\n", "\n")
    front = split_front_matter(text, name)
    head, problems = parse_record(_Front, front, name) if not front.problems else (None, [*front.problems])
    if head is None:
        raise ContentError(problems)
    first_line = text[: text.index(front.body)].count("\n") + 1
    parts = list(_parts(front.body, name, first_line, problems))
    problems += _misplaced(parts, name)
    if problems:
        raise ContentError(problems)
    sections = {part.section.key: part.section for part in parts}
    words = {
        key: "\n\n".join(b.markdown for b in s.blocks if isinstance(b, Prose)) for key, s in sections.items()
    }
    return Issue(
        newsletter=head.newsletter,
        issue_date=head.date,
        number=head.number,
        subject=head.subject,
        author=head.author,
        corrects=str(head.corrects or ""),
        offered=head.offered,
        lead=words.get(LEAD, ""),
        sections=tuple(section for key, section in sections.items() if key not in {"", LEAD, NOTE}),
        editors_note=words.get(NOTE, ""),
    )


def _parts(body: str, name: str, first_line: int, problems: list[Problem]) -> Iterator[_Part]:
    lines: list[str] = []
    title, key, start = "", "", first_line
    for number, line in enumerate(body.splitlines(), first_line):
        heading = _HEADING.match(line)
        if heading:
            yield _Part(_section(key, title, lines), start)
            title, key, start, lines = heading["title"], heading["key"], number, []
        elif _ANY_HEADING.match(line):
            mend = "「## お知らせ {#notices}」の形で書くか、### にしてください"
            problems.append(Problem(name, number, "", line, "コーナーの見出しに {#名前} がありません", mend))
        else:
            lines.append(line)
    yield _Part(_section(key, title, lines), start)


def _misplaced(parts: list[_Part], name: str) -> Iterator[Problem]:
    """Yield what would otherwise be lost: words before the first heading, a section twice, items among the greetings."""
    seen: set[str] = set()
    for part in parts:
        section = part.section
        words = [b.markdown for b in section.blocks if isinstance(b, Prose)]
        if not section.key and (section.picks or without_comments("\n".join(words)).strip()):
            mend = "「## はじめに {#lead}」の下に移してください"
            yield Problem(name, part.line, "", "", "最初の見出しの前に文章や記事があります", mend)
        if section.key in {LEAD, NOTE} and section.picks:
            value = section.picks[0].reference
            mend = "ほかのコーナーに移してください"
            yield Problem(name, part.line, section.title, value, "ここには記事を置けません", mend)
        if section.key in seen:
            mend = "一つにまとめるか、{#別の名前} にしてください"
            yield Problem(
                name, part.line, section.title, section.key, "同じ名前のコーナーが二つあります", mend
            )
        seen.add(section.key)


def _section(key: str, title: str, lines: list[str]) -> Section:
    blocks: list[Pick | Prose] = []
    prose: list[str] = []
    pick: list[str] = []

    def close() -> None:
        if pick:
            blocks.append(_pick(pick))
            pick.clear()
        elif words := "\n".join(prose).strip():
            blocks.append(Prose(words))
        prose.clear()

    for line in lines:
        if _PICK.match(line):
            close()
            pick.append(line)
        elif pick and (line.startswith("  ") or not line.strip()):
            pick.append(line)
        else:
            if pick:
                close()
            prose.append(line)
    close()
    return Section(key, title, tuple(blocks))


def _pick(lines: list[str]) -> Pick:
    """The comment just below a pick is the machine's; every other is the editor's and stays in the blurb."""
    match = _PICK.match(lines[0])
    made = lines[1] if len(lines) > 1 and _MADE.match(lines[1]) else ""
    why = re.search(r"理由: (.*?) -->", made)
    rest = "\n".join(line[2:] for line in lines[2 if made else 1 :]).strip()
    return Pick(match["reference"] if match else "", why[1] if why else "", rest)
