"""Every kind of page: each module turns the site's view into pages, purely."""

from __future__ import annotations

from collections.abc import Callable, Iterable

from generator.site.page import Page
from generator.site.pages.about import about_pages, report_pages
from generator.site.pages.accessibility import accessibility_pages
from generator.site.pages.back_numbers import back_number_pages
from generator.site.pages.english import english_pages
from generator.site.pages.events import event_pages
from generator.site.pages.grants import grant_pages
from generator.site.pages.home import home_pages
from generator.site.pages.news import news_pages
from generator.site.pages.notices import notice_pages
from generator.site.pages.open_data import open_data_pages
from generator.site.pages.places import place_pages
from generator.site.pages.plan import plan_pages
from generator.site.pages.programs import program_pages
from generator.site.pages.registers import order_pages, patent_pages
from generator.site.pages.service import service_pages
from generator.site.pages.stories import story_pages
from generator.site.view import SiteView

BUILDERS: tuple[Callable[[SiteView], Iterable[Page]], ...] = (
    home_pages,
    program_pages,
    grant_pages,
    event_pages,
    notice_pages,
    story_pages,
    patent_pages,
    order_pages,
    place_pages,
    report_pages,
    plan_pages,
    open_data_pages,
    about_pages,
    accessibility_pages,
    back_number_pages,
    news_pages,
    service_pages,
    english_pages,
)
"""The builders in the order in which their pages are reported."""
