"""What a browser would send along with a form: the token that the page carries."""

from __future__ import annotations

import re

from starlette.testclient import TestClient


def form_token(client: TestClient, path: str) -> str:
    """Fetch a form and return its token."""
    found = re.search(r'name="form" value="([^"]+)"', client.get(path).text)
    assert found, f"{path} carries no form token"
    return found[1]
