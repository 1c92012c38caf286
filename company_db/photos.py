"""Photos of companies: made anew, kept beside the records in the same database, named by their content."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import Connection, Engine, delete, func, insert, select

from company_db.tables import photo, profile, revision
from generator.errors import RefusedError
from generator.rendering.pictures import CleanPhoto
from generator.storage.database import writing

MOST_KEPT = 40  # of one company, those on their way included
UNUSED_DAYS = 14  # twice the life of an edit link
_ON_THEIR_WAY = ("proposed", "sent_back")  # proposals that a company may still go on with


@dataclass(frozen=True, slots=True)
class KeptPhoto:
    """A photo in the database; ``digest`` is its name."""

    digest: str
    width: int  # px of the large one
    height: int


class PhotoStore:
    """The photos of all companies; each company sees its own alone."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine

    def keep(self, key: str, clean: CleanPhoto, at: datetime) -> KeptPhoto:
        """Keep a photo of a company; the same photo again is the same row. ``RefusedError`` when there are too many."""
        kept = KeptPhoto(hashlib.sha256(clean.large).hexdigest()[:32], clean.width, clean.height)
        with writing(self._engine).begin() as connection:
            sweep(connection, key, at)
            here = photo.c.key == key
            if connection.execute(select(photo.c.key).where(here, photo.c.digest == kept.digest)).first():
                return kept
            if connection.execute(select(func.count()).where(here)).scalar_one() >= MOST_KEPT:
                raise RefusedError(f"{key}: 写真が多すぎます（{MOST_KEPT}枚まで）")
            values = {"at": at.isoformat(timespec="seconds"), "large": clean.large, "small": clean.small}
            size = {"digest": kept.digest, "width": kept.width, "height": kept.height}
            connection.execute(insert(photo).values(key=key, **size, **values))
        return kept

    def known(self, key: str) -> Mapping[str, KeptPhoto]:
        """Return the photos of a company by digest, without their bytes."""
        query = select(photo.c.digest, photo.c.width, photo.c.height).where(photo.c.key == key)
        with self._engine.connect() as connection:
            return {row.digest: KeptPhoto(*row) for row in connection.execute(query)}

    def find(self, key: str, digest: str) -> CleanPhoto | None:
        """Return a photo of a company with its bytes."""
        query = select(photo.c.width, photo.c.height, photo.c.large, photo.c.small)
        with self._engine.connect() as connection:
            row = connection.execute(query.where(photo.c.key == key, photo.c.digest == digest)).first()
        return None if row is None else CleanPhoto(row.width, row.height, bytes(row.large), bytes(row.small))


def sweep(connection: Connection, key: str, now: datetime) -> None:
    """Delete a company's photos that neither its record nor a proposal shows, once no form can hold them any more."""
    oldest = (now - timedelta(days=UNUSED_DAYS)).isoformat(timespec="seconds")
    standing = select(profile.c.record).where(profile.c.key == key)
    proposed = select(revision.c.proposal).where(revision.c.key == key, revision.c.state.in_(_ON_THEIR_WAY))
    texts = [*connection.execute(standing).scalars(), *connection.execute(proposed).scalars()]
    old = select(photo.c.digest).where(photo.c.key == key, photo.c.at < oldest)
    unused = [d for d in connection.execute(old).scalars() if not any(d in text for text in texts)]
    connection.execute(delete(photo).where(photo.c.key == key, photo.c.digest.in_(unused)))
