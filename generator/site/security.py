"""``/.well-known/security.txt`` (RFC 9116): where one who found a weakness may tell it."""

from __future__ import annotations

from datetime import timedelta

from generator.site.artifact import Artifact
from generator.site.view import SiteView

VALID_DAYS = 180


def security_file(view: SiteView) -> Artifact:
    """Write the file; it expires, so that a site that nobody builds any more does not promise an answer."""
    expires = view.on + timedelta(days=VALID_DAYS)
    lines = (
        f"Contact: mailto:{view.settings.organization.email}",
        f"Expires: {expires}T00:00:00+09:00",
        "Preferred-Languages: ja, en",
        f"Canonical: {view.absolute('.well-known/security.txt')}",
    )
    return Artifact(".well-known/security.txt", "\n".join((*lines, "")).encode(), "file")
