from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest

from generator.errors import Severity
from newsletters.issue.characters import doubtful, settle
from newsletters.issue.checks import Inspection, check_issue
from newsletters.issue.model import Issue, Prose, Section
from newsletters.issue.rendering import widest_line
from newsletters.room import MARKS
from tests.newsletters.desk import Office, make_office

DAY = date(2023, 11, 22)


@pytest.fixture(scope="module")
def office(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Office]:
    office = make_office(tmp_path_factory.mktemp("checks") / "project")
    office.draft(DAY)
    yield office
    office.close()


def inspect(office: Office, **over: object) -> Inspection:
    bench = office.studio.bench(office.studio.newsletter("magazine"), DAY)
    return bench.inspect(replace(office.studio.read("magazine", DAY), **over), MARKS)  # type: ignore[arg-type]


def told(office: Office, **over: object) -> str:
    return "\n".join(str(p) for p in check_issue(inspect(office, **over)))


def test_a_draft_as_it_was_made_has_no_problem(office: Office) -> None:
    assert told(office) == ""


@pytest.mark.parametrize(
    ("over", "words"),
    [
        ({"subject": ""}, "件名が空です"),
        ({"subject": "あ" * 61}, "件名が61字"),
        ({"lead": "{{ name }} 様"}, "差し込みが埋まっていません"),
        ({"lead": "%%old:unsubscribe%%"}, "差し込みが埋まっていません"),
        ({"lead": "[行き先](/nowhere/)"}, "リンクの先がありません"),
        ({"lead": "[行き先](javascript:alert(1))"}, "リンクの先がありません"),
        ({"lead": "![絵](https://example.com/a.png)"}, "このサイトのものだけ"),
        ({"lead": "![](/a.png)"}, "画像の説明"),
        ({"lead": "あ" * 40_000}, "大きすぎます"),
        ({"lead": '<p style="display:grid">あ</p>'}, "display:grid"),
        ({"sections": (), "lead": ""}, "載せるものがありません"),
        ({"editors_note": "①と㈱です"}, "置き換わります（① → (1)、㈱ → （株））"),
        ({"lead": "[前の号](/newsletters/magazine/2023-01-01/)"}, "koho build"),
    ],
)
def test_what_must_not_leave_is_told(office: Office, over: dict[str, object], words: str) -> None:
    assert words in told(office, **over)


def test_an_item_past_its_deadline_is_refused(office: Office) -> None:
    late = replace(office.studio.read("magazine", DAY), issue_date=date(2023, 12, 20))
    bench = office.studio.bench(office.studio.newsletter("magazine"), DAY)
    problems = check_issue(bench.inspect(late, MARKS))
    assert any("発行日より前" in p.message and p.severity is Severity.ERROR for p in problems)


def test_an_item_that_is_not_on_the_site_is_refused(office: Office) -> None:
    page = office.settings.site / "notices" / "2023" / "notice" / "index.html"
    page.unlink()
    try:
        assert "作ったサイトにページがありません" in told(office)
    finally:
        page.touch()


@pytest.mark.parametrize("lost", ["organization.name", "postal", "unsubscribe"])
def test_a_missing_legal_line_is_refused(office: Office, lost: str) -> None:
    inspection = inspect(office)
    words = {
        "organization.name": office.settings.organization.name,
        "postal": office.settings.organization.address,
        "unsubscribe": MARKS.unsubscribe,
    }[lost]
    faces = {k: replace(f, text=f.text.replace(words, "")) for k, f in inspection.typeset.faces.items()}
    broken = replace(inspection, typeset=replace(inspection.typeset, faces=faces))
    assert any("法定の表示" in p.message for p in check_issue(broken))


GOLDEN = """段落の**強調**と[リンク](/)。①㈱髙

### 小見出し

- 一つ
- 二つ

1. 順番

> 引用

| 名 | 数 |
|---|---|
| あ | 1 |
"""


def test_every_block_stands_in_all_three_faces(office: Office) -> None:
    extra = (Section("words", "編集部から", (Prose(GOLDEN),)),)
    issue: Issue = office.studio.read("magazine", DAY)
    made = inspect(office, sections=(*issue.sections, *extra)).typeset
    face = made.faces["all"]
    for tag in ("<strong>強調</strong>", "<blockquote", "<ol", "<ul", "<th ", "(1)（株）髙"):
        assert tag in face.html
    for line in ("段落の強調とリンク。(1)（株）髙", "□ 小見出し", "・一つ", "1. 順番", "＞ 引用", "あ／1"):
        assert line in face.text.split("\n")
    assert "①㈱髙" in made.web_html
    assert MARKS.unsubscribe not in made.web_html
    assert MARKS.manage not in made.web_html
    assert len(face.html.encode()) <= 90_000
    assert widest_line(face.text)[0] == 0
    assert 'lang="ja"' in face.html
    assert "<img" not in face.html


def test_machine_dependent_letters_follow_the_policy() -> None:
    assert settle("①②㈱㎜№Ⅳｶﾞ髙﨑〜～") == "(1)(2)（株）mmNo.IVガ髙﨑〜〜"
    assert doubtful("髙﨑と①") == ("①",)


def test_the_path_of_the_draft_stands_in_every_problem(office: Office) -> None:
    problem = check_issue(inspect(office, subject=""))[0]
    assert Path(problem.path).name == "2023-11-22.md"
