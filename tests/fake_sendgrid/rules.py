"""What the provider documents about a request, and what we promise in each: broken rules as (field, message)."""

from __future__ import annotations

from typing import Any

HOURS_72 = 72 * 3600


def broken_rule(body: Any, now: float, batches: set[str]) -> tuple[str, str] | None:
    """Return the first rule that a request breaks, as the provider's 400 names it."""
    if not isinstance(body, dict):
        return "", "not an object"
    people = body.get("personalizations")
    if not isinstance(people, list) or not 1 <= len(people) <= 1000:
        return "personalizations", "1 to 1000 personalizations"
    if not body.get("subject") or not body.get("content"):
        return "content", "subject and content are required"
    if not str(body.get("from", {}).get("email", "")).isascii():
        return "from.email", "no Unicode in the from address"
    if any(mark in str(body["from"].get("name", "")) for mark in ";,"):
        return "from.name", "no ; or , in names"
    send_at = body.get("send_at", 0)
    if not isinstance(send_at, int) or send_at > now + HOURS_72:
        return "send_at", "at most 72 hours ahead"
    if body.get("batch_id") and body["batch_id"] not in batches:
        return "batch_id", "batch id not found"
    return _person_rule(people)


def _person_rule(people: list[Any]) -> tuple[str, str] | None:
    seen: set[str] = set()
    for position, person in enumerate(people):
        to = person.get("to", [])
        address = str(to[0].get("email", "")) if len(to) == 1 else ""
        local, at, domain = address.rpartition("@")
        if not at or not local or "." not in domain or address.startswith("poison"):
            return f"personalizations.{position}.to.0.email", "does not contain a valid address"
        if address.lower() in seen:
            return f"personalizations.{position}", "each email address should be unique"
        seen.add(address.lower())
        if max(_size(person, "custom_args"), _size(person, "substitutions")) > 10_000:
            return f"personalizations.{position}", "too long"
    return None


def _size(person: Any, part: str) -> int:
    values = person.get(part, {})
    return sum(map(len, values)) + sum(map(len, values.values()))


def broken_promise(body: dict[str, Any]) -> str:
    """Return what koho promises in every request and this one lacks."""
    tracking = body.get("tracking_settings", {})
    if any(
        tracking.get(name, {}).get("enable") is not False
        for name in ("click_tracking", "open_tracking", "subscription_tracking")
    ):
        return "tracking is not switched off"
    if any("@" in category for category in body.get("categories", [])):
        return "personal data in marks"
    for person in body["personalizations"]:
        headers = person.get("headers", {})
        if not headers.get("List-Unsubscribe", "").startswith("<http"):
            return "no List-Unsubscribe"
        if headers.get("List-Unsubscribe-Post") != "List-Unsubscribe=One-Click":
            return "no List-Unsubscribe-Post"
        if "@" in "".join(person.get("custom_args", {}).values()):
            return "personal data in marks"
    return ""
