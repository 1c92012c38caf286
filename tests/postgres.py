"""A real PostgreSQL for tests: made by ``initdb`` in a temporary folder, reached by a socket, gone afterwards.

Where there is no PostgreSQL the tests that ask for it skip, and say so.
"""

from __future__ import annotations

import os
import pwd
import shutil
import subprocess
import tempfile
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import pytest
from sqlalchemy import create_engine


@dataclass(frozen=True)
class PostgresServer:
    """A running server; ``url`` of one of its databases."""

    sockets: Path
    user: str
    control: tuple[str, ...] = ()

    def restart(self) -> None:
        """Throw everybody out, as a crash of the server would, and start again."""
        run_as(self.user, [*self.control, "-m", "immediate", "restart"])

    def url(self, database: str = "postgres") -> str:
        return f"postgresql+psycopg://{self.user}@/{database}?host={self.sockets}"

    def version(self) -> str:
        """Return its name and version, as benchmarks tell them."""
        engine = create_engine(self.url())
        try:
            with engine.connect() as connection:
                number = connection.exec_driver_sql("SHOW server_version").scalar_one()
        finally:
            engine.dispose()
        return f"PostgreSQL {str(number).partition(' ')[0]}"

    def execute(self, statement: str) -> None:
        engine = create_engine(self.url(), isolation_level="AUTOCOMMIT")
        try:
            with engine.connect() as connection:
                connection.exec_driver_sql(statement)
        finally:
            engine.dispose()


@pytest.fixture(scope="session")
def postgres_server() -> Iterator[PostgresServer]:
    """One server for all tests of a process."""
    if find_binaries() is None:
        pytest.skip("*** PostgreSQL (initdb) がありません。PostgreSQLの試験を飛ばします ***")
    pytest.importorskip("psycopg", reason="psycopg がありません（pip install 'koho[postgres]'）")
    with running_postgres() as server:
        yield server


@contextmanager
def running_postgres(*, fsync: str = "off") -> Iterator[PostgresServer]:
    """Run a server of our own while the block lasts; ``fsync`` on where its speed is measured."""
    binaries, user = find_binaries(), server_user()
    assert binaries is not None
    folder = Path(tempfile.mkdtemp(prefix="koho-pg-", dir="/tmp"))
    if os.geteuid() == 0:
        shutil.chown(folder, user)
    data = folder / "data"
    control = [str(binaries / "pg_ctl"), "-D", str(data), "-w", "-s"]
    options = (
        f"-k {folder} -c listen_addresses= -c fsync={fsync} -c max_connections=40 -c shared_buffers=32MB"
    )
    how = ["-U", user, "-E", "UTF8", "--locale=C", "-A", "trust", "-N"]
    try:
        run_as(user, [str(binaries / "initdb"), "-D", str(data), *how])
        run_as(user, [*control, "-o", options, "-l", str(folder / "log"), "start"])
        yield PostgresServer(folder, user, (*control, "-o", options, "-l", str(folder / "log")))
        run_as(user, [*control, "-m", "immediate", "stop"])
    finally:
        shutil.rmtree(folder, ignore_errors=True)


@pytest.fixture
def postgres_url(postgres_server: PostgresServer) -> Iterator[str]:
    """The URL of an empty database of its own for one test."""
    name = f"t{uuid.uuid4().hex}"
    postgres_server.execute(f"CREATE DATABASE {name}")
    yield postgres_server.url(name)
    postgres_server.execute(f"DROP DATABASE {name} WITH (FORCE)")


def find_binaries() -> Path | None:
    """Return the folder of initdb: in PATH, or where Debian puts it (newest first)."""
    if found := shutil.which("initdb"):
        return Path(found).parent
    folders = sorted(Path("/usr/lib/postgresql").glob("*/bin/initdb"), reverse=True)
    return folders[0].parent if folders else None


def server_user() -> str:
    """Return who runs the server: initdb refuses root."""
    if os.geteuid() != 0:
        return pwd.getpwuid(os.geteuid()).pw_name
    names = {entry.pw_name for entry in pwd.getpwall()}
    return "postgres" if "postgres" in names else "nobody"


def run_as(user: str, command: list[str]) -> None:
    if os.geteuid() == 0:
        command = ["setpriv", f"--reuid={user}", "--clear-groups", "--", *command]
    done = subprocess.run(command, cwd="/tmp", capture_output=True, text=True, check=False, timeout=120)
    if done.returncode:
        pytest.fail(f"{command}: {done.stdout}{done.stderr}")
