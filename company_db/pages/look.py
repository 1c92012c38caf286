"""What every page of one run shares: shells, addresses and the day's limits; sent once to each process."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date, timedelta
from hashlib import blake2b
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from company_db.pages.words import Words
from generator.site.shell import Shell

if TYPE_CHECKING:
    from generator.settings import Settings
    from generator.site.publisher import PublishContext

_STYLE = "assets/directory.css"


@dataclass(frozen=True)
class Look:
    """All that a page needs besides its own company."""

    shells: Mapping[str, Shell]
    site: Path
    site_url: str  # ends with /
    root: str  # path of the site's root: / or /koho/
    today: str  # ISO date
    stale_before: str  # ISO date: confirmed before this is stale
    style: str = ""  # the link to the directory's own style

    @classmethod
    def of(cls, context: PublishContext) -> Look:
        """Gather what the run is given."""
        return replace(cls.without_shells(context.settings, context.on), shells=dict(context.shells))

    @classmethod
    def without_shells(cls, settings: Settings, on: date) -> Look:
        """Gather what a page's body needs, to be shown in another frame."""
        root = urlsplit(settings.site_url).path or "/"
        return cls(
            shells={},
            site=settings.site,
            site_url=settings.site_url,
            root=root,
            today=on.isoformat(),
            stale_before=(on - timedelta(days=settings.stale_after_days)).isoformat(),
            style=f'<link rel="stylesheet" href="{root}{_STYLE}?{_style_digest(settings)}">',
        )

    def is_stale(self, confirmed: str) -> bool:
        """Say whether a member's page carries the mark; one never confirmed does."""
        return confirmed < self.stale_before

    def digest(self) -> str:
        """Return a text that changes when any page would look different for the same company."""
        hashed = blake2b(digest_size=8)
        for language, shell in sorted(self.shells.items()):
            hashed.update(language.encode() + b"\0".join(shell.parts))
        hashed.update(f"{self.site_url}\0{self.site}\0{self.style}".encode())
        for module in sorted(Path(__file__).parent.glob("*.py")):
            hashed.update(module.read_bytes())
        for codes in sorted((Path(__file__).parent.parent / "classification").glob("*.csv")):
            hashed.update(codes.read_bytes())
        return hashed.hexdigest()

    def stamp(self, words: Words, title: str, head: str, body: str) -> bytes:
        """Fill the language's shell; everything given is HTML already."""
        return self.shells[words.language].stamp(
            title=title.encode("utf-8", "replace"),
            head=(self.style + head).encode("utf-8", "replace"),
            body=body.encode("utf-8", "replace"),
        )


def _style_digest(settings: Settings) -> str:
    """Return a mark of the style's content, so that a changed style is not taken from a cache."""
    file = settings.templates / "site" / _STYLE
    return blake2b(file.read_bytes(), digest_size=4).hexdigest() if file.is_file() else ""
