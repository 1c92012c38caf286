"""deploy/openapi.yml and the doors say the same: schemathesis asks, and every answer is one that is written there."""

from __future__ import annotations

import base64
import os
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import schemathesis
import yaml
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from pydantic import SecretStr
from schemathesis.checks import not_a_server_error
from schemathesis.specs.openapi.checks import (
    content_type_conformance,
    response_schema_conformance,
    status_code_conformance,
)
from starlette.routing import BaseRoute, Mount, Route
from starlette.testclient import TestClient

from generator.forms.serving import serving_app
from generator.forms.tokens import Purpose, Tokens
from newsletters.delivery.webhook import DOOR as EVENTS
from newsletters.delivery.webhook import SIGNATURE, TIMESTAMP
from newsletters.web import DOOR as SUBSCRIBERS
from tests.newsletters.test_web import config  # noqa: F401  # a project with its tables

DESCRIPTION = yaml.safe_load((Path(__file__).parents[2] / "deploy/openapi.yml").read_text("utf-8"))
SCHEMA = schemathesis.openapi.from_dict(DESCRIPTION)
CHECKS: list[Any] = [
    not_a_server_error,
    status_code_conformance,
    content_type_conformance,
    response_schema_conformance,
]
OPERATIONS = [
    (path, method) for path, item in DESCRIPTION["paths"].items() for method in item if method != "parameters"
]
FOR_PEOPLE = {"/mail/subscribe", "/mail/confirm", "/mail/preferences"}
TOKENS = Tokens([SecretStr("k" * 40)])  # the key of the project
KEY = ec.generate_private_key(ec.SECP256R1())
PUBLIC = base64.b64encode(
    KEY.public_key().public_bytes(serialization.Encoding.DER, serialization.PublicFormat.SubjectPublicKeyInfo)
).decode()
bounded = settings(
    max_examples=int(os.environ.get("KOHO_FUZZ", "30")),
    deadline=None,
    suppress_health_check=list(HealthCheck),
)


@pytest.fixture
def client(config: Any) -> Iterator[TestClient]:  # noqa: F811
    told = config.model_copy(update={"sendgrid_webhook_key": PUBLIC})
    with TestClient(serving_app([SUBSCRIBERS, EVENTS], told), raise_server_exceptions=False) as client:
        yield client


def served(routes: list[BaseRoute], before: str = "") -> Iterator[tuple[str, str]]:
    """List every path and method of an app and what is mounted in it."""
    for route in routes:
        if isinstance(route, Mount):
            yield from served(route.routes, before + route.path)
        elif isinstance(route, Route):
            yield from (
                (before + route.path, method.lower()) for method in (route.methods or ()) if method != "HEAD"
            )


def test_nothing_is_served_to_machines_that_is_not_described(client: TestClient) -> None:
    app: Any = client.app
    found = {(path, method) for path, method in served(app.routes) if path not in FOR_PEOPLE}
    assert found == set(OPERATIONS)


@pytest.mark.parametrize(("path", "method"), OPERATIONS)
def test_every_answer_is_one_that_is_described(client: TestClient, path: str, method: str) -> None:
    operation = SCHEMA[path][method.upper()]

    @bounded
    @given(case=operation.as_strategy(), genuine=st.booleans())
    def ask(case: schemathesis.Case, genuine: bool) -> None:
        asked = prepared(client, case, genuine=genuine)
        answer = client.send(client.build_request(method.upper(), path, **asked))
        case.validate_response(answer, checks=CHECKS)
        if genuine and method == "post":
            assert answer.status_code in {200, 204}

    ask()


def prepared(client: TestClient, case: schemathesis.Case, *, genuine: bool) -> dict[str, Any]:
    """Turn a case into a request; a genuine one bears the token or the signature of one who may."""
    kwargs = case.as_transport_kwargs(base_url="http://testserver")
    request = client.build_request(
        kwargs["method"],
        "/",
        headers=printable(kwargs.get("headers") or {}),
        params=kwargs.get("params"),
        content=kwargs.get("data") if isinstance(kwargs.get("data"), str | bytes) else None,
        data=kwargs.get("data") if isinstance(kwargs.get("data"), dict) else None,
        json=kwargs.get("json"),
    )
    asked = {"headers": dict(request.headers), "content": request.read(), "params": dict(request.url.params)}
    if genuine and case.path.startswith("/mail"):
        asked["params"] = {"t": TOKENS.sign(Purpose.UNSUBSCRIBE, {"s": 1, "n": "magazine"})}
    if genuine and case.path.startswith("/hooks"):
        signature = KEY.sign(b"1" + asked["content"], ec.ECDSA(hashes.SHA256()))
        asked["headers"] |= {SIGNATURE: base64.b64encode(signature).decode(), TIMESTAMP: "1"}
    return asked


def printable(headers: dict[str, Any]) -> dict[str, str]:
    """Keep the headers that an HTTP client can send at all."""
    return {
        name: str(value)
        for name, value in headers.items()
        if str(value).isascii() and str(value).isprintable()
    }
