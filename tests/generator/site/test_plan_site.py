"""The plan of the site, from a Library made by hand and the project's own templates."""

from datetime import date
from pathlib import Path

import pytest

from generator.content.library import Library, make_library
from generator.site.artifact import SitePlan
from generator.site.plan import plan_site
from generator.site.view import SiteView
from tests.builders import (
    ON,
    make_back_issue,
    make_event,
    make_grant,
    make_news,
    make_notice,
    make_order,
    make_patent,
    make_place,
    make_program,
    make_settings,
    make_story,
)

ROOT = Path(__file__).parents[3]


def plan(*things: object, **settings: object) -> SitePlan:
    library: Library = make_library(things, on=ON)
    return plan_site(SiteView(library, make_settings(ROOT, **settings)))


def document(made: SitePlan, path: str, language: str = "ja") -> str:
    return next(d.content.decode() for d in made.docs[language] if d.path == path)


def everything() -> list[object]:
    return [
        make_program(),
        make_grant(program="yorozu"),
        make_event(program="yorozu"),
        make_notice(),
        make_story(programs=("yorozu",)),
        make_patent(),
        make_order(),
        make_place(),
        make_news(),
        make_back_issue(),
    ]


def test_every_kind_gets_a_list_and_a_page() -> None:
    made = plan(*everything())
    paths = {d.path for d in made.docs["ja"]}
    for address in (
        "",
        "programs/yorozu/",
        "programs/needs/sell/",
        "grants/overseas-2023-1/",
        "events/2023/seminar/",
        "events/month/2023-12/",
        "events/past/",
        "notices/2023/",
        "notices/2023/notice/",
        "stories/story/",
        "patents/patent/",
        "orders/order/",
        "places/yorozu-desk/",
        "newsletters/magazine/",
        "newsletters/magazine/2023-11-15/",
        "news/",
        "search/",
        "404/",
        "413/",
        "429/",
        "503/",
    ):
        assert f"{address}index.md" in paths


def test_planning_twice_gives_the_same_bytes() -> None:
    things = everything()
    assert plan(*things) == plan(*things)


def test_a_program_page_answers_the_five_questions_in_order() -> None:
    page = document(plan(*everything()), "programs/yorozu/index.md")
    questions = ["だれが使えるか", "いくら・なにを", "いつまで", "どうやって申し込むか", "だれに聞くか"]
    places = [page.index(f"<dt>{question}</dt>") for question in questions]
    assert places == sorted(places)
    assert "029-000-0001" in page


def test_until_when_is_answered_by_the_calls_that_are_not_over() -> None:
    made = plan(
        make_program(),
        make_grant("closed-1", program="yorozu", closes=date(2023, 11, 10)),
        make_grant("open-2", program="yorozu", call_number=2, closes=date(2023, 12, 15)),
    )
    answer = document(made, "programs/yorozu/index.md").split("</section>", 1)[0]
    assert "第2回の公募" in answer
    assert "2023年12月15日（金）" in answer
    assert "2023年11月10日" not in answer


def test_what_staff_typed_is_escaped() -> None:
    page = document(plan(make_notice(title="<script>alert(1)</script>")), "notices/2023/notice/index.md")
    body = page.split("---\n", 2)[2]
    assert "<script>alert" not in body
    assert "&lt;script&gt;" in body


def test_an_application_that_is_not_laid_open_shows_seven_facts_and_no_more() -> None:
    secret = make_patent(
        is_laid_open=False,
        is_granted=False,
        application_number="特願2023-1",
        summary="秘密の要約",
        body="秘密の本文",
        field="秘密の分野",
        uses="秘密の用途",
        ipc=("A01B1/00",),
        topics=("ip",),
    )
    made = plan(secret)
    every = "".join(d.content.decode() for docs in made.docs.values() for d in docs)
    assert "秘密" not in every
    assert "A01B1/00" not in every
    assert document(made, "patents/patent/index.md").count("<dt>") == 7


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"status": "cancelled"}, "この催しは中止になりました"),
        ({"status": "postponed"}, "この催しは延期になりました"),
        ({"day": date(2023, 10, 4)}, "この催しは終わりました"),
        ({"deadline": date(2023, 11, 21)}, "申し込みの受け付けは2023年11月21日（火）に終わりました"),
        ({}, "この催しに申し込む"),
    ],
)
def test_an_event_says_how_to_apply_or_why_not(changes: dict[str, object], words: str) -> None:
    event = make_event(**changes)  # type: ignore[arg-type]
    assert words in document(plan(event), "events/2023/seminar/index.md")


def test_an_order_never_names_its_company() -> None:
    made = plan(make_order(company_key="9990000000001", title="切削"))
    assert "9990000000001" not in document(made, "orders/order/index.md")


def test_a_page_and_its_twin_point_at_each_other() -> None:
    english = {"title": "Consultation", "summary": "Free advice.", "body": "Ask us."}
    made = plan(make_program(english=english))
    assert '"twin": "' not in document(made, "programs/yorozu/index.md")  # front matter is compact JSON
    assert 'twin: "en/programs/yorozu/"' in document(made, "programs/yorozu/index.md")
    twin = document(made, "programs/yorozu/index.md", "en")
    assert 'twin: "programs/yorozu/"' in twin
    assert "not been checked" in twin


def test_a_checked_translation_carries_no_warning() -> None:
    english = {"title": "Consultation", "checked": True}
    twin = document(plan(make_program(english=english)), "programs/yorozu/index.md", "en")
    assert "not been checked" not in twin


def test_the_sample_ribbon_is_a_setting() -> None:
    assert plan().chrome["ja"]["ribbon"]
    assert not plan(sample_ribbon=False).chrome["ja"]["ribbon"]


def test_a_site_in_a_folder_carries_the_folder_in_every_link() -> None:
    made = plan(*everything(), site_url="https://example.jp/koho/")
    body = document(made, "index.md").split("---\n", 2)[2]
    assert 'href="/koho/events/' in body
    assert 'href="/events/' not in body
    robots = next(f.content.decode() for f in made.files if f.path == "robots.txt")
    assert "https://example.jp/koho/sitemap.xml" in robots


def test_the_page_for_missing_pages_is_not_in_the_sitemap() -> None:
    sitemap = next(f.content.decode() for f in plan().files if f.path == "sitemap-pages.xml")
    assert "404" not in sitemap
    assert "<loc>http://localhost:8000/events/</loc>" in sitemap


def test_structured_data_cannot_leave_its_script() -> None:
    page = document(plan(make_event(title="</script><b>")), "events/2023/seminar/index.md")
    front = page.split("---\n", 2)[1]
    assert "</script>" not in next(line for line in front.splitlines() if line.startswith("data:"))
