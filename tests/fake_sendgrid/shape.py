"""Holds every request against the published OpenAPI file, where that lies beside the project."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from jsonschema import Draft202012Validator

OPENAPI = Path(__file__).parents[3] / "shared" / "data" / "sendgrid" / "tsg_mail_v3.json"


def published_schema() -> dict[str, Any]:
    """Return the schema of a mail request, with everything it refers to."""
    published = json.loads(OPENAPI.read_text(encoding="utf-8"))
    request = published["paths"]["/v3/mail/send"]["post"]["requestBody"]
    if "$ref" in request:
        request = published["components"]["requestBodies"][request["$ref"].rpartition("/")[2]]
    schema: dict[str, Any] = request["content"]["application/json"]["schema"]
    return {**schema, "components": published["components"]}


class Shapes:
    """Validates one request of each outline: a thousand people in the same form are one form."""

    def __init__(self) -> None:
        self._validator = Draft202012Validator(published_schema()) if OPENAPI.exists() else None
        self._known: dict[str, str] = {}

    def problem(self, body: dict[str, Any]) -> str:
        """Return what does not have the published shape, or nothing."""
        if self._validator is None:
            return ""
        people = body["personalizations"]
        if len({tuple(person) for person in people}) > 1 or any(
            len({tuple(person.get(part, ())) for person in people}) > 1
            for part in ("headers", "substitutions", "custom_args")
        ):
            return "shape: people in different forms"
        whole = outline({**body, "personalizations": people[:1]})
        if whole not in self._known:
            errors = self._validator.iter_errors({**body, "personalizations": people[:1]})
            self._known[whole] = next((f"shape: {error.message[:100]}" for error in errors), "")
        return self._known[whole]


def outline(value: Any) -> str:
    """Return names and kinds without the values; the names of substitutions are the issue's own."""
    if isinstance(value, dict):
        return "{" + ",".join(f"{name}:{outline(part)}" for name, part in value.items()) + "}"
    if isinstance(value, list):
        return "[" + ",".join(map(outline, value)) + "]"
    return type(value).__name__
