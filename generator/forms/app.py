"""A door's app: its routes behind the guard, and whatever it refuses told on a page in the site's look."""

from __future__ import annotations

from collections.abc import Sequence

from starlette.applications import Starlette
from starlette.exceptions import HTTPException
from starlette.middleware import Middleware
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import BaseRoute

from generator.forms.guard import MAX_BODY, Guard
from generator.forms.page import FormPages
from generator.settings import Settings


def form_app(
    settings: Settings,
    pages: FormPages,
    routes: Sequence[BaseRoute],
    *,
    open_posts: Sequence[str] = (),
    max_body: int = MAX_BODY,
) -> Starlette:
    """Make the app of a door; ``open_posts`` and ``max_body`` are the guard's."""

    async def refused(request: Request, error: Exception) -> Response:
        known = error if isinstance(error, HTTPException) else HTTPException(500)
        answer = pages.refuse(request, known.status_code, max_body)
        answer.headers.update(known.headers or {})
        return answer

    guard = Middleware(
        Guard, origin=settings.site_url, refuse=pages.refuse, open_posts=open_posts, max_body=max_body
    )
    return Starlette(routes=routes, middleware=[guard], exception_handlers={HTTPException: refused})
