"""One fake and one zygote for all of a process's fault tests."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.fake_sendgrid.client import Fake, running_fake
from tests.faults.oracle import Tally
from tests.faults.world import Zygote, zygote


@pytest.fixture(scope="session")
def fake(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Fake]:
    with running_fake(tmp_path_factory.mktemp("fake")) as running:
        yield running


@pytest.fixture(scope="session")
def sender() -> Iterator[Zygote]:
    with zygote() as made:
        yield made


@pytest.fixture
def tally(request: pytest.FixtureRequest) -> Tally:
    """The test's row of the table."""
    return Tally(request)
