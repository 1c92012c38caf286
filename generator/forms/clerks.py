"""The threads of a door that wait for its database, so that the event loop never does."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from typing import ParamSpec, TypeVar

from sqlalchemy import Engine

P = ParamSpec("P")
T = TypeVar("T")
POSTGRES_CLERKS = 8


class Clerks:
    """One thread for SQLite, which takes one writer at a time anyway; several for PostgreSQL.

    Those who wait stand in a fair line here, instead of knocking at SQLite's lock by turns and losing it to latecomers.
    """

    def __init__(self, engine: Engine) -> None:
        count = 1 if engine.dialect.name == "sqlite" else POSTGRES_CLERKS
        self._pool = ThreadPoolExecutor(count, thread_name_prefix="koho-clerk")

    async def do(self, work: Callable[P, T], /, *args: P.args, **kwargs: P.kwargs) -> T:
        """Run ``work`` on one of the threads and return what it returns."""
        loop = asyncio.get_running_loop()
        return await loop.run_in_executor(self._pool, partial(work, *args, **kwargs))
