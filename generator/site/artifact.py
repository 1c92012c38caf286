"""What a build makes: files by path, each with its bytes and its kind."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Artifact:
    """One file of the build. ``path`` is relative to build/docs/<language> or to the site."""

    path: str
    content: bytes
    kind: str  # page kind (programs, events …) or file, asset, shell


@dataclass(frozen=True)
class SitePlan:
    """Everything to be made from one Library: documents for the renderer by language, files for the site."""

    docs: Mapping[str, tuple[Artifact, ...]]
    files: tuple[Artifact, ...]
    chrome: Mapping[str, Mapping[str, object]]  # per language: what header and footer show
    pages: Mapping[str, int]  # pages by kind
    addresses: frozenset[str] = frozenset()  # of all pages, site-relative
