"""Every kind of page: each module turns the site's view into pages, purely."""

from __future__ import annotations

from collections.abc import Callable, Iterable

from generator.site.page import Page
from generator.site.pages.home import home_pages
from generator.site.pages.plan import plan_pages
from generator.site.view import SiteView

BUILDERS: tuple[Callable[[SiteView], Iterable[Page]], ...] = (home_pages, plan_pages)
"""The builders in the order in which their pages are reported."""
