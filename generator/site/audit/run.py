"""The pass as this installation runs it: which addresses may be shown, which paths a door answers."""

from __future__ import annotations

from generator import discovery
from generator.content.library import Library
from generator.content.model import Place
from generator.errors import SettingsError
from generator.settings import Settings
from generator.site.audit.site import AuditResult, audit_site


def audit_built_site(settings: Settings, library: Library) -> AuditResult:
    """Read the site that stands in build/site; ``SettingsError`` when there is none."""
    if not (settings.site / "index.html").is_file():
        raise SettingsError(f"{settings.site}: できたサイトがありません。先に koho build をしてください")
    shown = {settings.organization.email, *(place.email for place in library.all(Place) if place.email)}
    doors = tuple(door.mount.strip("/") for door in discovery.doors())
    return audit_site(
        settings.site,
        site_url=settings.site_url,
        allowed_emails=shown,
        absent=doors,
        processes=settings.processes,
    )
