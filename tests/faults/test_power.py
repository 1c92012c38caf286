"""C4: the power goes. What was not yet synced to disk is gone, the claim is not."""

from __future__ import annotations

import shutil
import signal
import subprocess
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.fake_sendgrid.client import Fake
from tests.faults.oracle import Tally
from tests.faults.scene import MEMORY, Scene, Template, make_template, scene
from tests.faults.world import Zygote, open_world, runs, zygote

pytestmark = pytest.mark.faults
PLACES = (
    "claim-committed",
    "half-body",
    "body-sent",
    "before-status",
    "accepted-uncommitted",
    "accepted-committed",
    "finish-begun",
)
SOURCE = Path(__file__).parent / "power_cut.c"


@pytest.fixture(scope="module")
def preloaded(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Zygote]:
    compiler = shutil.which("cc") or shutil.which("gcc")
    if compiler is None:
        pytest.skip("*** C のコンパイラー（cc）がありません。停電の試験を飛ばします ***")
    library = tmp_path_factory.mktemp("power") / "power_cut.so"
    subprocess.run([compiler, "-shared", "-fPIC", "-O2", "-o", str(library), str(SOURCE), "-ldl"], check=True)
    folder = MEMORY if MEMORY.is_dir() else Path(tempfile.gettempdir())
    with zygote(LD_PRELOAD=str(library), KOHO_POWER_CUT=str(folder)) as made:
        yield made


@pytest.fixture(scope="module", params=[-1, 35], ids=["at once", "staged"])
def template(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Template:
    return make_template(tmp_path_factory.mktemp("t"), readers=1_000, size=100, minutes=request.param)


def cut_the_power(one: Scene) -> None:
    """Put every file of ``var`` back to what had been synced of it."""
    one.world.engine.dispose()
    var = one.world.project / "var"
    kept = {
        path: path.with_name(f"{path.name}.synced")
        for path in var.iterdir()
        if not path.name.endswith(".synced")
    }
    for path, synced in kept.items():
        if synced.exists():
            synced.replace(path)
        elif path.name.endswith("-wal"):
            path.write_bytes(b"")
        elif path.name.endswith("-shm"):
            path.unlink()
    one.world = open_world(one.world.project)


@pytest.mark.parametrize("name", PLACES)
def test_a_claim_survives_a_power_cut(
    name: str, template: Template, preloaded: Zygote, fake: Fake, request: pytest.FixtureRequest
) -> None:
    tally = Tally(request)
    for seed in range(runs(long=15, short=1)):
        with scene(template, fake, preloaded) as one:
            one.begin(seed=seed)
            count = 1 if name == "finish-begun" else 1 + seed % 10
            assert one.run(failpoint=f"{name}:{count}") == -signal.SIGKILL
            requests = fake.facts()["accepted_requests"]
            cut_the_power(one)
            counts, journal = one.counts(), (one.world.project / "var" / "send-journal.txt").read_text()
            assert counts.get("accepted", 0) + counts.get("claimed", 0) >= min(requests * 100, 990)
            assert len(journal.splitlines()) >= requests
            one.finish()
            tally.add(one.verdict())
    tally.close("C4 power cut: what was not synced is lost", "200")


def test_the_shim_really_loses_what_is_not_synced(preloaded: Zygote, fake: Fake, template: Template) -> None:
    """Without its syncs the same ledger would forget claims: the test above can fail."""
    with scene(template, fake, preloaded) as one:
        one.begin()
        assert one.run(failpoint="claim-committed:5", pragma="synchronous=OFF") == -signal.SIGKILL
        cut_the_power(one)
        assert one.counts().get("accepted", 0) < fake.facts()["accepted_requests"] * 100
