"""Whether the links that lead out of the site still lead somewhere: asked within limits, remembered with the day."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import asdict, dataclass
from datetime import datetime, timedelta
from itertools import groupby
from pathlib import Path
from urllib.parse import urlsplit

import orjson

from generator.errors import ServiceError
from generator.feeds.fetch import Guard, probe
from generator.settings import Settings
from generator.storage.files import write_file

FRESH = timedelta(days=1)
"""So long a page that was there is not asked for again."""
MAX_LINKS = 200
HOSTS_AT_ONCE = 8
_GONE = {404, 410}

Ask = Callable[[str], int]


@dataclass(frozen=True, slots=True)
class LinkAnswer:
    """What one address said; ``status`` 0: nobody answered, and ``why`` says how we know."""

    status: int
    at: str  # ISO moment
    why: str = ""

    @property
    def is_there(self) -> bool:
        """The page was found."""
        return 200 <= self.status < 300

    @property
    def is_dead(self) -> bool:
        """The server says that there is no such page; whatever else it says may be about us, or about today."""
        return self.status in _GONE


def ask_outside(
    links: Iterable[str], settings: Settings, now: datetime, *, ask: Ask | None = None
) -> Mapping[str, LinkAnswer]:
    """Ask each address that was not found there within ``FRESH``; one host is asked one thing at a time."""
    asking = ask or _probe_for(settings)
    path = answers_path(settings)
    known = read_answers(path)
    wanted = sorted(dict.fromkeys(links), key=_host)[:MAX_LINKS]
    due = [link for link in wanted if not _is_fresh(known.get(link), now)]
    groups = [list(group) for _, group in groupby(due, key=_host)]

    def ask_host(group: list[str]) -> dict[str, LinkAnswer]:
        return {link: _answer(link, asking, now) for link in group}

    with ThreadPoolExecutor(HOSTS_AT_ONCE) as pool:
        for answers in pool.map(ask_host, groups):
            known |= answers
    if due:
        write_file(path, orjson.dumps({k: asdict(v) for k, v in known.items()}, option=orjson.OPT_INDENT_2))
    return {link: known[link] for link in wanted}


def answers_path(settings: Settings) -> Path:
    """Return where the answers are remembered."""
    return settings.project / "var" / "links.json"


def read_answers(path: Path) -> dict[str, LinkAnswer]:
    """Read what is remembered; a file that cannot be read is only forgotten."""
    try:
        return {link: LinkAnswer(**values) for link, values in orjson.loads(path.read_bytes()).items()}
    except (FileNotFoundError, orjson.JSONDecodeError, TypeError, AttributeError):
        return {}


def is_outside(link: str, settings: Settings) -> bool:
    """Say whether a link leads to somebody else's page."""
    return link.startswith(("http://", "https://")) and not link.startswith(settings.site_url)


def _probe_for(settings: Settings) -> Ask:
    guard = Guard.of(settings)
    return lambda link: probe(link, guard=guard)


def _answer(link: str, ask: Ask, now: datetime) -> LinkAnswer:
    try:
        return LinkAnswer(ask(link), now.isoformat())
    except ServiceError as error:
        return LinkAnswer(0, now.isoformat(), str(error))


def _is_fresh(answer: LinkAnswer | None, now: datetime) -> bool:
    return answer is not None and answer.is_there and now - datetime.fromisoformat(answer.at) < FRESH


def _host(link: str) -> str:
    return urlsplit(link).netloc
