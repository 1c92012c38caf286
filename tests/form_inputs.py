"""What a browser would send from a form page, read by a parser and not by a browser."""

from __future__ import annotations

from typing import Any

import html5lib


def form_inputs(page: str) -> dict[str, str]:
    """Return the inputs of a page's posting forms as they stand, without files and without buttons."""
    tree = html5lib.parse(page, namespaceHTMLElements=False)
    found: dict[str, str] = {}
    for form in (form for form in tree.iter("form") if form.get("method") == "post"):
        for each in form.iter():
            name, kind = each.get("name"), each.get("type")
            if name is None or kind == "file" or each.tag not in {"input", "textarea", "select"}:
                continue
            if kind not in {"checkbox", "radio"} or each.get("checked") is not None:
                found[name] = _value(each)
    return found


def _value(each: Any) -> str:
    if each.tag == "textarea":
        return str(each.text or "")
    if each.tag == "select":
        options = list(each.iter("option"))
        chosen = [option for option in options if option.get("selected") is not None] or options[:1]
        return str(chosen[0].get("value", "")) if chosen else ""
    return str(each.get("value") or ("on" if each.get("type") == "checkbox" else ""))
