"""Backups that were read back, and restores that leave the old database beside the new one.

The send journal is outside the databases on purpose and is never backed up or restored with them: a restored
ledger that is behind its journal opens its issues for review and sends nothing by itself.
"""

from __future__ import annotations

import os
import shutil
import sqlite3
import subprocess
from collections.abc import Sequence
from contextlib import closing
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from sqlalchemy.engine import URL, make_url

from generator.errors import DataError, RefusedError, ServiceError, SettingsError
from generator.settings import Settings
from generator.storage.schema import Schema

PRIVATE = 0o600


@dataclass(frozen=True, slots=True)
class Backup:
    """One database's backup file, with the rows that were counted when it was read back (SQLite) or None."""

    name: str
    path: Path
    rows: int | None


def back_up(schemas: Sequence[Schema], settings: Settings, folder: Path, *, at: datetime) -> list[Backup]:
    """Write one verified file per database into ``folder``; a database that is not there yet is left out.

    Raises ``ServiceError`` when a copy cannot be made or does not read back.
    """
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    made = []
    for schema in schemas:
        url = make_url(schema.url_of(settings))
        stem = folder / f"{schema.name}-{at:%Y%m%d-%H%M%S}"
        if url.get_backend_name() == "sqlite":
            if url.database and Path(url.database).exists():
                made.append(_copy_sqlite(schema.name, Path(url.database), stem.with_suffix(".sqlite3")))
        else:
            made.append(_dump_postgresql(schema.name, url, stem.with_suffix(".dump")))
    return made


def _copy_sqlite(name: str, source: Path, target: Path) -> Backup:
    temporary = target.with_suffix(".part")
    temporary.touch(mode=PRIVATE)
    try:
        with closing(sqlite3.connect(source)) as old, closing(sqlite3.connect(temporary)) as new:
            old.backup(new)
            new.execute("PRAGMA journal_mode=DELETE")  # one file, complete in itself
        rows = read_back(temporary)
        temporary.replace(target)
    except (sqlite3.Error, DataError) as error:
        raise ServiceError(
            f"{name}: 控えを作れませんでした（{error}）。空き容量と元のファイルを確かめてください"
        ) from error
    finally:
        temporary.unlink(missing_ok=True)
    return Backup(name, target, rows)


def read_back(path: Path) -> int:
    """Read every page and count every row of a SQLite file; ``DataError`` when it is damaged."""
    try:
        with closing(sqlite3.connect(f"file:{path}?mode=ro", uri=True)) as database:
            (verdict,) = database.execute("PRAGMA integrity_check").fetchone()
            if verdict != "ok":
                raise DataError(f"{path.name}: 壊れています（{verdict}）")
            tables = database.execute("SELECT name FROM sqlite_master WHERE type = 'table'").fetchall()
            quoted = ['"' + name.replace('"', '""') + '"' for (name,) in tables]
            return sum(database.execute(f"SELECT count(*) FROM {name}").fetchone()[0] for name in quoted)  # noqa: S608  # names of this very file
    except sqlite3.DatabaseError as error:
        raise DataError(f"{path.name}: データベースとして読めません（{error}）") from error


def _dump_postgresql(name: str, url: URL, target: Path) -> Backup:
    temporary = target.with_suffix(".part")
    temporary.touch(mode=PRIVATE)
    try:
        _run("pg_dump", ["--format=custom", f"--file={temporary}", _without_password(url)], url)
        _run("pg_restore", ["--file=/dev/null", str(temporary)], url)  # reads every row of it
        temporary.replace(target)
    finally:
        temporary.unlink(missing_ok=True)
    return Backup(name, target, None)


def _without_password(url: URL) -> str:
    """Write a URL for PostgreSQL's own programs; everybody on the machine can read their arguments."""
    plain = URL.create("postgresql", url.username, None, url.host, url.port, url.database, url.query)
    return plain.render_as_string(hide_password=False)


def _run(program: str, arguments: Sequence[str], url: URL) -> None:
    found = shutil.which(program)
    if found is None:
        raise SettingsError(f"{program} がありません。PostgreSQL の道具（postgresql-client）を入れてください")
    secret = {"PGPASSWORD": str(url.password)} if url.password else {}
    done = subprocess.run([found, *arguments], capture_output=True, check=False, env=os.environ | secret)  # noqa: S603  # fixed program, no shell
    if done.returncode:
        raise ServiceError(
            f"{program} が失敗しました（終了コード {done.returncode}）。データベースに届くか、控えが壊れていないかを確かめてください"
        )


def restore(schema: Schema, settings: Settings, file: Path, *, at: datetime) -> Path | None:
    """Put a backup in the place of a database; return where the old one was kept (SQLite), or None.

    Raises ``DataError`` for a file that is missing, damaged or another room's, ``RefusedError`` while the database is
    in use; then nothing was changed.
    """
    if not file.is_file():
        raise DataError(f"{file}: 控えのファイルがありません。koho backup の出力を指定してください")
    if file.stat().st_size == 0:
        raise DataError(f"{file}: 空です。別の控えを指定してください")
    url = make_url(schema.url_of(settings))
    if url.get_backend_name() != "sqlite":
        _run("pg_restore", ["--file=/dev/null", str(file)], url)
        whole = ["--clean", "--if-exists", "--no-owner", "--single-transaction"]
        _run("pg_restore", [*whole, f"--dbname={_without_password(url)}", str(file)], url)
        return None
    read_back(file)
    _refuse_another_room(schema, file)
    return _swap_sqlite(file, Path(url.database or ""), at)


def _refuse_another_room(schema: Schema, file: Path) -> None:
    with closing(sqlite3.connect(f"file:{file}?mode=ro", uri=True)) as database:
        held = {name for (name,) in database.execute("SELECT name FROM sqlite_master WHERE type = 'table'")}
    own = {table.name for table in schema.metadata.tables.values()} - {"throttle"}  # which every room has
    if own and not own & held:
        raise DataError(f"{file.name}: {schema.name} の控えではありません。ファイルの名前を確かめてください")


def _swap_sqlite(file: Path, target: Path, at: datetime) -> Path | None:
    target.parent.mkdir(parents=True, exist_ok=True)
    incoming = target.with_name(target.name + ".incoming")
    shutil.copyfile(file, incoming)
    incoming.chmod(PRIVATE)
    kept = None
    if target.exists():
        _close_for_all(target)
        kept = target.with_name(f"{target.name}.before-{at:%Y%m%d-%H%M%S}")
        shutil.copyfile(target, kept)
        kept.chmod(PRIVATE)
    incoming.replace(target)
    return kept


def _close_for_all(target: Path) -> None:
    """Put everything into the one file; ``RefusedError`` while any process has it open, whose writes would be lost."""
    try:
        with closing(sqlite3.connect(target, timeout=2)) as database:
            (mode,) = database.execute("PRAGMA journal_mode=DELETE").fetchone()
    except sqlite3.DatabaseError as error:
        if "locked" not in str(error):
            return  # too damaged to be open anywhere: kept as it is
        mode = "wal"
    if mode != "delete":
        raise RefusedError(
            f"{target.name}: 使っているプロセスがあります。入口（koho door、koho serve）と配信を止めてから、もう一度実行してください"
        )
