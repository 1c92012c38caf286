"""The draft as a file: ``content/issues/<newsletter>/<date>.md``, written by the machine, owned by its editor."""

from __future__ import annotations

import re
from collections.abc import Container, Mapping
from dataclasses import replace
from datetime import date
from pathlib import Path

import yaml

from generator.errors import ContentError, Problem
from generator.storage.files import write_file
from newsletters.issue.model import Issue, Pick, Prose, Section

_HEADING = re.compile(r"^## (?P<title>.+?)\s*\{#(?P<key>[a-z0-9-]+)\}\s*$")
_PICK = re.compile(r"^- (?P<reference>[a-z]+/[^\s/]+)\s*$")
_COMMENT = re.compile(r"<!--.*?-->", re.DOTALL)
_ANY_HEADING = re.compile(r"^## ")
_OFFERED_NOTE = "# 一度でも選んだ記事の控え。そのままにしてください"
_BY_HAND = "手で加えた記事"
LEAD, NOTE = "lead", "editors-note"

_GUIDE = """<!--
「- 」の行が載せる記事です。行の順に載ります。載せないものは行を消してください（再び draft しても戻りません）。
紹介文を変えるときは、記事の行の下に2字下げて書きます。コーナーの中には自分の段落も書けます（Markdown）。
この形の注（< ! - - … - - >）は配信されません。
-->"""


def draft_path(content: Path, newsletter: str, issue_date: date) -> Path:
    """Return where the draft of an issue lies."""
    return content / "issues" / newsletter / f"{issue_date}.md"


def write_draft(issue: Issue, path: Path, titles: Mapping[str, str] | None = None) -> None:
    """Write the draft through a neighbour; ``titles`` (reference → title) stand in comments for its reader."""
    write_file(path, format_draft(issue, titles or {}).encode())


def format_draft(issue: Issue, titles: Mapping[str, str]) -> str:
    """Write an issue as its draft; what ``parse_draft`` reads back is equal."""
    front = {
        "newsletter": issue.newsletter,
        "date": issue.issue_date.isoformat(),
        "number": issue.number,
        "subject": issue.subject,
        "author": issue.author,
        "corrects": issue.corrects,
    }
    head = yaml.safe_dump(front, allow_unicode=True, sort_keys=False, width=1000)
    head += f"offered: [{', '.join(issue.offered)}]  {_OFFERED_NOTE}\n"
    parts = [f"---\n{head}---", _GUIDE, f"## はじめに {{#{LEAD}}}"]
    parts += [issue.lead] if issue.lead else []
    for section in issue.sections:
        parts.append(f"## {section.title} {{#{section.key}}}")
        parts += [_format_block(block, titles) for block in section.blocks]
    parts.append(f"## 編集後記 {{#{NOTE}}}")
    parts += [issue.editors_note] if issue.editors_note else []
    return "\n\n".join(parts) + "\n"


def _format_block(block: Pick | Prose, titles: Mapping[str, str]) -> str:
    if isinstance(block, Prose):
        return block.markdown
    lines = [f"- {block.reference}"]
    title = titles.get(block.reference, "")
    comment = "｜".join(part for part in (title, f"理由: {block.why}" if block.why else "") if part)
    if comment:
        lines.append(f"  <!-- {comment.replace('--', '‐‐')} -->")
    lines += [f"  {line}".rstrip() for line in block.blurb.splitlines()]
    return "\n".join(lines)


def read_draft(path: Path, project: Path) -> Issue:
    """Read a draft; ``ContentError`` says which line to mend."""
    name = path.relative_to(project).as_posix() if path.is_relative_to(project) else path.name
    if not path.exists():
        raise ContentError(
            [Problem(name, 0, "", "", "原稿がありません", "koho newsletters draft で作ってください")]
        )
    return parse_draft(path.read_text(encoding="utf-8"), name)


def parse_draft(text: str, name: str) -> Issue:
    """Return the issue that a draft says."""
    pieces = text.replace("\r\n", "\n").split("---\n", 2)
    if len(pieces) != 3 or pieces[0].strip():
        raise ContentError(
            [Problem(name, 1, "", "", "--- で囲んだ見出しの欄がありません", "はじめの欄を戻してください")]
        )
    _, head, body = pieces
    line = head.count("\n") + 2
    try:
        front = yaml.safe_load(head)
        issue = Issue(
            newsletter=str(front["newsletter"]),
            issue_date=date.fromisoformat(str(front["date"])),
            number=int(front["number"]),
            subject=str(front.get("subject") or "").strip(),
            author=str(front.get("author") or ""),
            corrects=str(front.get("corrects") or ""),
            offered=tuple(map(str, front.get("offered") or ())),
        )
    except (yaml.YAMLError, KeyError, TypeError, ValueError, AttributeError) as error:
        what = str(error).splitlines()[0]
        raise ContentError(
            [
                Problem(
                    name, 2, "", what, "見出しの欄が読めません", "newsletter、date、number を書いてください"
                )
            ]
        ) from None
    return _with_body(issue, body, name, line)


def _with_body(issue: Issue, body: str, name: str, first_line: int) -> Issue:
    sections: list[Section] = []
    problems: list[Problem] = []
    lines: list[str] = []
    title, key = "", ""
    for number, line in enumerate(body.splitlines(), first_line + 1):
        if not _ANY_HEADING.match(line):
            lines.append(line)
            continue
        heading = _HEADING.match(line)
        if heading is None:
            problems.append(
                Problem(
                    name,
                    number,
                    "",
                    line,
                    "コーナーの見出しに {#名前} がありません",
                    "「## お知らせ {#notices}」の形で書くか、### にしてください",
                )
            )
            continue
        sections.append(_section(key, title, lines))
        title, key, lines = heading["title"], heading["key"], []
    sections.append(_section(key, title, lines))
    if problems:
        raise ContentError(problems)
    words = {s.key: "\n\n".join(b.markdown for b in s.blocks if isinstance(b, Prose)) for s in sections}
    kept = tuple(s for s in sections if s.key not in {"", LEAD, NOTE})
    return replace(issue, lead=words.get(LEAD, ""), sections=kept, editors_note=words.get(NOTE, ""))


def _section(key: str, title: str, lines: list[str]) -> Section:
    blocks: list[Pick | Prose] = []
    prose: list[str] = []
    pick: list[str] = []

    def close() -> None:
        if pick:
            blocks.append(_pick(pick))
            pick.clear()
        elif words := _COMMENT.sub("", "\n".join(prose)).strip():
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
    match = _PICK.match(lines[0])
    reference = match["reference"] if match else ""
    rest = "\n".join(line[2:] for line in lines[1:])
    why = re.search(r"<!--.*?理由: (.*?) -->", rest)
    return Pick(reference, why[1] if why else "", _COMMENT.sub("", rest).strip())


def merge(old: Issue, fresh: Issue) -> Issue:
    """Lay a fresh selection over an edited draft without losing an editor's word.

    Picks that are new since the last drafting are added to their section; picks the editor struck stay struck; order,
    blurbs, paragraphs, subject and note stay. Reasons are refreshed; a pick that no longer qualifies says so in its.
    """
    whys = {p.reference: p.why for s in fresh.sections for p in s.picks}
    known = {*old.offered, *old.references}
    kept = {
        s.key: replace(s, blocks=tuple(_refreshed(b, whys, old.offered) for b in s.blocks))
        for s in old.sections
    }
    for section in fresh.sections:
        new = tuple(p for p in section.picks if p.reference not in known)
        if section.key in kept:
            kept[section.key] = replace(kept[section.key], blocks=(*kept[section.key].blocks, *new))
        elif new:
            kept[section.key] = replace(section, blocks=new)
    offered = (*old.offered, *(r for r in fresh.references if r not in old.offered))
    order = [s.key for s in old.sections] + [
        s.key for s in fresh.sections if s.key not in {o.key for o in old.sections}
    ]
    return replace(
        old,
        number=fresh.number,
        subject=old.subject or fresh.subject,
        offered=offered,
        sections=tuple(kept[key] for key in order if key in kept),
    )


def _refreshed(block: Pick | Prose, whys: Mapping[str, str], offered: Container[str]) -> Pick | Prose:
    if isinstance(block, Prose):
        return block
    own = (
        "いまの規則では選ばれません。載せてよいか確かめてください" if block.reference in offered else _BY_HAND
    )
    return replace(block, why=whys.get(block.reference, own))
