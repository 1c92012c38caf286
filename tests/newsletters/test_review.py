from __future__ import annotations

import shutil
from collections.abc import Iterator
from dataclasses import replace
from datetime import date, timedelta
from pathlib import Path

import pytest

from generator.rendering.pdf import can_print, first_on_one_sheet
from generator.rendering.templates import Templates
from newsletters.issue.draft import draft_path
from newsletters.issue.frozen import FrozenIssue, seal
from newsletters.paper import approval_sheet, approval_sheets, review_lines
from newsletters.review import Change, Review, compare, keep_submission, review_of
from newsletters.room import MARKS
from tests.newsletters.desk import Office, make_office
from tests.pdf import sheets

DAY, LAST = date(2023, 11, 22), date(2023, 11, 15)


@pytest.fixture
def office(tmp_path: Path) -> Iterator[Office]:
    office = make_office(tmp_path / "project")
    office.draft(DAY)
    yield office
    office.close()


def submit(office: Office, day: date = DAY, mark: str = "0123456789abcdef") -> FrozenIssue:
    frozen = office.freeze(day, mark)
    keep_submission(office.settings, frozen)
    return frozen


def reviewed(office: Office, day: date = DAY) -> Review:
    record = office.store.find(f"magazine/{day}")
    assert record
    return review_of(office.settings, office.store, office.studio.newsletter("magazine"), record)


def edit(office: Office, before: str, after: str) -> None:
    path = draft_path(office.settings.content, "magazine", DAY)
    words = path.read_text(encoding="utf-8")
    assert words.count(before) == 1
    path.write_text(words.replace(before, after), encoding="utf-8")


def test_the_same_draft_frozen_twice_is_no_difference(office: Office) -> None:
    first = submit(office)
    assert compare(first, submit(office, mark="fedcba9876543210")) == ()


def test_one_struck_item_is_one_difference_though_all_after_it_get_other_numbers(office: Office) -> None:
    before = submit(office)
    edit(office, "\n- grants/overseas-2023-1\n", "\n")
    changes = {change.name: change for change in compare(before, submit(office))}
    assert changes["記事"].lines == ("- 海外販路開拓促進事業 第1回公募",)
    assert "件名" in changes  # it was left as made, and named the item
    assert not any("年末の休業" in line and line[0] in "+-" for line in changes["本文"].lines)


@pytest.mark.parametrize(
    ("over", "name"),
    [
        ({"sender_name": "別の名"}, "差出人"),
        ({"reply_to": "b@example.jp"}, "返信先"),
        ({"expected": {"all": 11}}, "宛先の見込み"),
        ({"headers": {"List-Id": "x"}}, "ヘッダー"),
        ({"choices": {}}, "希望分野"),
        ({"corrects": "2023-11-15"}, "訂正する号"),
    ],
)
def test_every_part_of_what_is_frozen_can_differ(office: Office, over: dict[str, object], name: str) -> None:
    before = submit(office)
    assert [change.name for change in compare(before, seal(replace(before, **over)))] == [name]  # type: ignore[arg-type]


def test_a_change_that_no_word_shows_is_told(office: Office) -> None:
    before = submit(office)
    face = before.variants["all"]
    moved = replace(face, html=face.html.replace("seminar/", "seminars/"))
    (change,) = compare(before, replace(before, variants={**before.variants, "all": moved}))
    assert (change.name, change.after) == ("HTML", "文章のほかが変わった版: 「all」")
    fewer = {key: face for key, face in before.variants.items() if key != "overseas"}
    (change,) = compare(before, replace(before, variants=fewer))
    assert (change.name, change.before, change.after) == ("版「overseas」", "ある", "ない")


def test_a_new_subject_is_told_as_that_alone_and_in_one_variant_too(office: Office) -> None:
    before = submit(office)
    edit(office, office.studio.read("magazine", DAY).subject, "自分の件名")
    (change,) = compare(before, submit(office))
    assert (change.name, change.after) == ("件名", "自分の件名")
    titled = replace(before.variants["overseas"], subject="別の件名")
    (change,) = compare(
        before, replace(before, variants={**before.variants, "overseas": titled}), {"overseas": "海外展開"}
    )
    assert (change.name, change.after) == ("件名", "変わった版: 「海外展開」")


def test_a_draft_before_that_lies_on_another_machine_is_not_called_equal(office: Office) -> None:
    submit(office)
    edit(office, "{#lead}\n", "{#lead}\n\n一言。\n")
    submit(office)
    shutil.rmtree(office.settings.project / "var" / "reviews")
    review = reviewed(office)
    assert review.changes is None
    assert "全文を下見で確かめてください" in "\n".join(review_lines(review))


def test_counts_are_laid_beside_those_of_the_issue_before(office: Office) -> None:
    office.draft(LAST)
    last = submit(office, LAST)
    office.approve(last)
    submit(office)
    review = reviewed(office)
    assert (review.people, review.more) == (10, 0)
    assert review.last == last
    assert "前号 第511号より +0人" in "\n".join(review_lines(review))


def test_the_sheet_names_who_decided_and_only_while_the_decision_stands(office: Office) -> None:
    templates = Templates([office.settings.templates])
    office.approve(submit(office))
    stamp = f"<td>{office.approver}<small>2023-11-21 00:00</small></td>"
    assert stamp in approval_sheet(reviewed(office), templates)
    edit(office, "{#lead}\n", "{#lead}\n\n一言。\n")
    submit(office)
    sheet = approval_sheet(reviewed(office), templates)
    assert stamp not in sheet
    assert "+一言。" in sheet


@pytest.mark.skipif(not can_print(), reason="this machine cannot print Japanese")
def test_the_sheet_stays_one_page_when_much_was_changed_often(office: Office) -> None:
    office.approve(submit(office))
    short = reviewed(office)
    changed = Change("本文", "", "", tuple(f"+{n}行目に書き足した文です。" for n in range(90)))
    long = replace(short, earlier=short.steps[0], changes=(changed,), steps=short.steps * 4)
    versions = approval_sheets(long, Templates([office.settings.templates]))
    assert "ほか62行（全部は koho newsletters review で）" in versions[0]
    assert sheets(first_on_one_sheet(versions[:1])) == 2
    assert sheets(first_on_one_sheet(versions)) == 1


def test_a_subject_left_as_made_follows_the_picks_and_an_editors_own_stays(office: Office) -> None:
    made = office.studio.read("magazine", DAY).subject
    assert "海外販路開拓促進事業" in made
    edit(office, "\n- grants/overseas-2023-1\n", "\n")
    bench = office.studio.bench(office.studio.newsletter("magazine"), DAY)
    faces = bench.inspect(office.studio.read("magazine", DAY), MARKS).typeset.faces
    assert "海外販路開拓促進事業" not in faces["all"].subject
    office.draft(DAY)
    assert "海外販路開拓促進事業" not in office.studio.read("magazine", DAY).subject
    edit(office, f"subject: '{office.studio.read('magazine', DAY).subject}'", "subject: 自分の件名")
    office.draft(DAY)
    assert office.studio.read("magazine", DAY).subject == "自分の件名"


def test_the_next_issue_of_an_author_is_the_one_sent_back(office: Office) -> None:
    newsletter = office.studio.newsletter("magazine")
    frozen = submit(office)
    assert office.studio.next_date(newsletter, DAY) > DAY
    act = replace(office.act(office.approver, DAY), reason="直してください")
    office.desk.send_back(frozen.key, act)
    assert office.studio.next_date(newsletter, DAY) == DAY
    assert office.studio.next_date(newsletter, DAY + timedelta(days=1)) > DAY
