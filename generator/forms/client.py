"""Who is asking: the network of a visitor, believed from trusted proxies only."""

from __future__ import annotations

import ipaddress
from collections.abc import Sequence
from functools import lru_cache

from starlette.requests import HTTPConnection

from generator.settings import Settings

Network = ipaddress.IPv4Network | ipaddress.IPv6Network


def visitor_network(connection: HTTPConnection, settings: Settings) -> str:
    """Return the visitor's network as the settings' proxies tell it."""
    return client_network(connection, _proxies(settings.trusted_proxies))


@lru_cache(maxsize=8)
def _proxies(texts: tuple[str, ...]) -> tuple[Network, ...]:
    return parse_networks(texts)


def client_network(connection: HTTPConnection, trusted: Sequence[Network]) -> str:
    """Return the visitor's /24 or /64 as text; ``unknown`` when there is no peer address.

    ``X-Forwarded-For`` is read from the right, and only through proxies that are trusted.
    """
    peer = connection.client.host if connection.client else ""
    hops = [hop.strip() for hop in connection.headers.get("x-forwarded-for", "").split(",") if hop.strip()]
    address = _parse(peer)
    while address is not None and hops and any(address in network for network in trusted):
        found = _parse(hops.pop())
        if found is None:
            break
        address = found
    return _network_of(address) if address is not None else "unknown"


def parse_networks(texts: Sequence[str]) -> tuple[Network, ...]:
    """Parse the trusted proxies of the settings; ``ValueError`` names a wrong one."""
    return tuple(ipaddress.ip_network(text, strict=False) for text in texts)


def _parse(text: str) -> ipaddress.IPv4Address | ipaddress.IPv6Address | None:
    try:
        address = ipaddress.ip_address(text)
    except ValueError:
        return None
    mapped = address.ipv4_mapped if isinstance(address, ipaddress.IPv6Address) else None
    return mapped or address


def _network_of(address: ipaddress.IPv4Address | ipaddress.IPv6Address) -> str:
    if isinstance(address, ipaddress.IPv4Address):
        return str(ipaddress.IPv4Network((int(address), 24), strict=False))
    return str(ipaddress.IPv6Network((int(address), 64), strict=False))
