"""Whatever a door refuses is told on a page in the site's look, in the visitor's language, with what to do."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
from pydantic import SecretStr
from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response
from starlette.routing import Route
from starlette.testclient import TestClient

from generator.forms.app import form_app
from generator.forms.page import FormPages
from tests.builders import make_settings

ROOT = Path(__file__).parents[3]
FROM_ELSEWHERE = {"origin": "https://evil.example"}


async def take(request: Request) -> Response:
    async with request.form(max_files=0, max_fields=2) as form:
        return PlainTextResponse(str(len(form)))


async def fail(_request: Request) -> Response:
    raise RuntimeError("taro@example.jp")


@pytest.fixture
def client(tmp_path: Path) -> Iterator[TestClient]:
    shutil.copytree(ROOT / "templates/forms", tmp_path / "templates/forms")
    settings = make_settings(tmp_path, secret_keys=(SecretStr("k" * 40),))
    routes = [Route("/", take, methods=["POST"]), Route("/fail", fail)]
    app = form_app(settings, FormPages(settings), routes, max_body=5 * 1024 * 1024)
    with TestClient(app, raise_server_exceptions=False) as client:
        yield client


@pytest.mark.parametrize(
    ("language", "title", "limit", "photos"),
    [
        ("ja", "送られた内容が大きすぎます", "5MBまで", "一枚ずつ"),
        ("en", "What was sent is too large", "Up to 5MB", "one by one"),
    ],
)
def test_a_body_that_is_too_large_is_told_with_the_limit(
    client: TestClient, language: str, title: str, limit: str, photos: str
) -> None:
    whole = b"x" * (5 * 1024 * 1024 + 1)
    for content in (whole, (part for part in (whole[:-9], whole[-9:]))):
        form = {"content-type": "application/x-www-form-urlencoded"}
        page = client.post(f"/?lang={language}", content=content, headers=form)
        assert page.status_code == 413
        assert f"<h1>{title}</h1>" in page.text
        assert limit in page.text
        assert photos in page.text
        assert f'lang="{language}"' in page.text


def test_the_language_switch_of_a_form_leads_to_the_same_page(tmp_path: Path) -> None:
    shutil.copytree(ROOT / "templates/forms", tmp_path / "templates/forms")
    settings = make_settings(tmp_path, secret_keys=(SecretStr("k" * 40),))
    shells = settings.build / "shells"
    shells.mkdir(parents=True)
    for language, other in (("ja", "/en/"), ("en", "/")):
        holes = "<title><!--koho:title--></title><!--koho:head--><main><!--koho:body--></main>"
        (shells / f"{language}.html").write_text(f'<a class="k-lang" href="{other}">x</a>{holes}')
    app = form_app(settings, FormPages(settings), [Route("/", take, methods=["POST"])])
    with TestClient(app) as client:
        japanese, english = client.get("/?t=a%22b").text, client.get("/?lang=en&t=a").text
    assert '<a class="k-lang" href="/?t=a%22b&amp;lang=en">' in japanese
    assert '<a class="k-lang" href="/?t=a&amp;lang=ja">' in english


@pytest.mark.parametrize(
    ("method", "path", "headers", "status"),
    [
        ("POST", "/", FROM_ELSEWHERE, 403),
        ("GET", "/nowhere", {}, 404),
        ("GET", "/", {}, 405),
        ("GET", "/fail", {}, 500),
    ],
)
def test_every_refusal_is_a_page_with_words_and_a_way_home(
    client: TestClient, method: str, path: str, headers: dict[str, str], status: int
) -> None:
    page = client.request(method, path, headers=headers)
    assert page.status_code == status
    assert "<h1>" in page.text
    assert 'href="/"' in page.text
    assert "taro" not in page.text


def test_a_form_with_too_many_fields_is_refused_in_words(client: TestClient) -> None:
    page = client.post("/", data={"a": "1", "b": "2", "c": "3"})
    assert page.status_code == 400
    assert "読めませんでした" in page.text
