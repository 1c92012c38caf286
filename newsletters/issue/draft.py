"""The draft as a file: ``content/issues/<newsletter>/<date>.md``, written by the machine, owned by its editor."""

from __future__ import annotations

from collections.abc import Container, Mapping
from dataclasses import replace
from datetime import date
from pathlib import Path

from generator.storage.files import write_file
from newsletters.issue.model import Issue, Pick, Prose

_OFFERED_NOTE = "# 一度でも選んだ記事の控え。そのままにしてください"
_BY_HAND = "手で加えた記事"
LEAD, NOTE = "lead", "editors-note"

_GUIDE = """<!--
「- 」の行が載せる記事です。行の順に載ります。載せないものは行を消してください（再び draft しても戻りません）。
紹介文を変えるときは、記事の行の下に2字下げて書きます。コーナーの中には自分の段落も書けます（Markdown）。
この形の注（< ! - - … - - >）は配信されません。自分の覚え書きにも使えます（再び draft しても残ります）。
-->"""


def draft_path(content: Path, newsletter: str, issue_date: date) -> Path:
    """Return where the draft of an issue lies."""
    return content / "issues" / newsletter / f"{issue_date}.md"


def draft_days(content: Path, newsletter: str) -> tuple[date, ...]:
    """Return the days that have a draft, in order."""
    found = (content / "issues" / newsletter).glob("????-??-??.md")
    return tuple(sorted(date.fromisoformat(path.stem) for path in found))


def write_draft(issue: Issue, path: Path, titles: Mapping[str, str] | None = None) -> None:
    """Write the draft through a neighbour; ``titles`` (reference → title) stand in comments for its reader."""
    write_file(path, format_draft(issue, titles or {}).encode())


def format_draft(issue: Issue, titles: Mapping[str, str]) -> str:
    """Write an issue as its draft; what ``parse_draft`` reads back is equal."""
    head = "\n".join(
        (
            f"newsletter: {issue.newsletter}",
            f"date: {issue.issue_date}",
            f"number: {issue.number}",
            f"subject: {_quoted(issue.subject)}",
            f"author: {_quoted(issue.author)}",
            f"corrects: {issue.corrects}".rstrip(),
            f"offered: [{', '.join(issue.offered)}]  {_OFFERED_NOTE}\n",
        )
    )
    parts = [f"---\n{head}---", _GUIDE, f"## はじめに {{#{LEAD}}}"]
    parts += [issue.lead] if issue.lead else []
    for section in issue.sections:
        parts.append(f"## {section.title} {{#{section.key}}}")
        parts += [_format_block(block, titles) for block in section.blocks]
    parts.append(f"## 編集後記 {{#{NOTE}}}")
    parts += [issue.editors_note] if issue.editors_note else []
    return "\n\n".join(parts) + "\n"


def _quoted(text: str) -> str:
    """Within quotes a colon or a # that an editor writes is a letter like any other."""
    return "'" + text.replace("'", "''") + "'"


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
        author=old.author or fresh.author,
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
