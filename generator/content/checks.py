"""Checks across files, once all are read: references, duplicates, plan lines, texts."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path

from generator.content.attachments import attachment_findings
from generator.content.bodies import bodies_of, body_problems
from generator.content.frontmatter import FrontMatter
from generator.content.model import Event, Grant, Item, Notice, OrderInquiry, Place, Program, Report, Story
from generator.errors import Problem, Severity, meant
from generator.plan.model import Plan

Found = Iterator[tuple[Item, tuple[str | int, ...], str, str, str]]
"""item, where in its front matter, value, what is wrong, mend."""

REFERENCES: Mapping[type[Item], Mapping[str, type[Item]]] = {
    Program: {"desk": Place, "related": Program, "replaces": Program},
    Grant: {"program": Program, "desk": Place},
    Event: {"program": Program, "desk": Place},
    Notice: {"program": Program, "event": Event, "grant": Grant},
    Story: {"programs": Program},
    OrderInquiry: {"desk": Place},
    Report: {"program": Program},
}


def check_content(
    items: Sequence[Item], plans: Sequence[Plan], fronts: Mapping[str, FrontMatter], content: Path
) -> list[Problem]:
    """Return every problem that no single file shows."""
    found = [
        *_dangling(items),
        *_unknown_lines(items, plans),
        *_unknown_sections(items, plans),
        *_late_openings(items),
        *((item, *finding) for item in items for finding in attachment_findings(item, content)),
    ]
    problems = [_located(fronts, *finding) for finding in found]
    problems += _duplicates(items, fronts)
    problems += [p for item in items for body in bodies_of(item) for p in body_problems(body, content)]
    problems += [p for plan in plans for p in _plan_problems(plan)]
    return problems


def _located(
    fronts: Mapping[str, FrontMatter],
    item: Item,
    at: tuple[str | int, ...],
    value: str,
    message: str,
    mend: str,
) -> Problem:
    front = fronts.get(item.path)
    line = front.line_of(at) if front else 0
    return Problem(f"content/{item.path}", line, str(at[0]), value, message, mend)


def _dangling(items: Sequence[Item]) -> Found:
    slugs: dict[type[Item], set[str]] = defaultdict(set)
    for item in items:
        slugs[type(item)].add(item.slug)
    for item in items:
        for name, kind in REFERENCES.get(type(item), {}).items():
            value = getattr(item, name)
            wanted = (
                [((name,), value)]
                if isinstance(value, str)
                else [((name, i), v) for i, v in enumerate(value or ())]
            )
            for at, slug in wanted:
                if slug not in slugs[kind]:
                    otherwise = f"content/{kind.folder}/ にあるファイルの名前を書いてください"
                    mend = meant(slug, slugs[kind], otherwise)
                    yield item, at, slug, f"{kind.label}にありません", mend


def _unknown_lines(items: Sequence[Item], plans: Sequence[Plan]) -> Found:
    known = {line.key for plan in plans for section in plan.sections for line in section.lines}
    for item in items:
        for i, key in enumerate(getattr(item, "plan", ())):
            if key not in known:
                mend = meant(key, known, "content/plan/ の key を書いてください")
                yield item, ("plan", i), key, "計画にない行です", mend


def _unknown_sections(items: Sequence[Item], plans: Sequence[Plan]) -> Found:
    known = {section.key for plan in plans for section in plan.sections}
    for item in items:
        if isinstance(item, Program) and item.section not in known:
            yield (
                item,
                ("section",),
                item.section,
                "計画にない区分です",
                "content/plan/ の sections の key を書いてください",
            )


def _late_openings(items: Sequence[Item]) -> Found:
    for item in items:
        if item.published and item.withdrawn and item.withdrawn <= item.published:
            yield (
                item,
                ("withdrawn",),
                str(item.withdrawn),
                "公開終了日が公開開始日より前です",
                "どちらかの日付を直してください",
            )


def _duplicates(items: Sequence[Item], fronts: Mapping[str, FrontMatter]) -> list[Problem]:
    groups: dict[tuple[type[Item], str], list[Item]] = defaultdict(list)
    for item in items:
        groups[type(item), item.slug].append(item)
    return [
        Problem(
            f"content/{item.path}",
            1,
            "slug",
            item.slug,
            f"同じ名前のファイルがほかにもあります（content/{group[0].path}）",
            "どちらかのファイル名を変えてください",
        )
        for group in groups.values()
        for item in group[1:]
    ]


def _plan_problems(plan: Plan) -> Iterator[Problem]:
    path = f"content/plan/{plan.year}.yml"
    lines = {line.key: line for section in plan.sections for line in section.lines}
    keys = [line.key for section in plan.sections for line in section.lines]
    for key in sorted({key for key in keys if keys.count(key) > 1}):
        yield Problem(path, 0, "key", key, "同じ行が二度あります", "どちらかの key を変えてください")
    for line in lines.values():
        if line.part_of and line.part_of not in lines:
            yield Problem(
                path, 0, "part_of", line.part_of, f"{line.key} の親の行がありません", "key を確かめてください"
            )
    for actual in plan.actuals:
        if actual.line not in lines:
            message, mend = "計画にない行です", "計画の key を書いてください"
            yield Problem(f"content/plan/{plan.year}/actuals.yml", 0, "line", actual.line, message, mend)


def check_reach(items: Sequence[Item], fronts: Mapping[str, FrontMatter]) -> list[Problem]:
    """Warn of what is valid but does not serve its reader yet: no summary, no reading of a name, a draft."""
    return [
        Problem(
            f"content/{item.path}", _line(item, field, fronts), field, value, message, mend, Severity.WARNING
        )
        for item in items
        for field, value, message, mend in _unserved(item)
    ]


def _unserved(item: Item) -> Iterator[tuple[str, str, str, str]]:
    if isinstance(item, Program | Grant | Event) and not item.summary:
        yield "summary", "", "一覧に出す一文がありません", "summary: に80字ほどで書いてください"
    if isinstance(item, Event) and not item.kana:
        message = "名称のカナがありません。イベント一覧（オープンデータ）の必須の項目です"
        yield "kana", "", message, "kana: にカタカナで書いてください"
    if isinstance(item, Program) and item.draft:
        mend = "内容を直し、draft: の行を消してください"
        yield "draft", "true", "下書きです。まだ公開しません", mend


def _line(item: Item, field: str, fronts: Mapping[str, FrontMatter]) -> int:
    front = fronts.get(item.path)
    if front is None:
        return 0
    return front.line_of((field,) if (field,) in front.lines else ("title",))
