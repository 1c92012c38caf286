"""How long ``koho build`` of the sample takes: cold, nothing changed, one Markdown file changed.

Run ``python tests/benchmarks/build_sample.py [rounds]``. Each line is one ``koho`` command, start-up included, in a
copy of the project; CPU seconds stand beside the wall clock, because this machine is shared.
"""

from __future__ import annotations

import json
import os
import resource
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

ROOT = Path(__file__).parents[2]
KOHO = Path(sys.executable).with_name("koho")
EVENT = "content/events/2023/overseas-seminar-3.md"
Run = tuple[float, float, dict[str, object]]


def koho(project: Path, *arguments: str) -> Run:
    """Run one command; return wall seconds, CPU seconds and its report."""
    environ = os.environ | {"KOHO_ON": "2023-11-22", "PYTHONDONTWRITEBYTECODE": ""}
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    started = time.perf_counter()
    command = [str(KOHO), *arguments, "--project", str(project)]
    done = subprocess.run(command, check=True, capture_output=True, env=environ)
    wall = time.perf_counter() - started
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    cpu = after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime
    return wall, cpu, json.loads(done.stdout) if "--json" in arguments else {}


def one_round(project: Path, number: int) -> dict[str, Run]:
    """Build cold, again, and after one change."""
    for name in ("build", "var"):
        shutil.rmtree(project / name, ignore_errors=True)
    koho(project, "db", "upgrade")
    koho(project, "companies", "load-sample")
    runs = {"cold": koho(project, "build", "--json"), "nothing changed": koho(project, "build", "--json")}
    event = project / EVENT
    event.write_text(event.read_text("utf-8") + f"\n{number}回目の追記です。\n", "utf-8")
    runs["one Markdown file changed"] = koho(project, "build", "--json")
    return runs


def main(rounds: int) -> None:
    """Print the median of some rounds as a Markdown table."""
    with tempfile.TemporaryDirectory() as folder:
        project = Path(folder) / "project"
        project.mkdir()
        for name in ("content", "templates"):
            shutil.copytree(ROOT / name, project / name)
        shutil.copy(ROOT / "mkdocs.yml", project)
        measured = [one_round(project, number) for number in range(1, rounds + 1)]
    print("| build | wall s | CPU s | in MkDocs s | pages rendered | files written |")
    print("|---|---|---|---|---|---|")
    for name in measured[0]:
        walls, cpus = [[m[name][n] for m in measured] for n in (0, 1)]
        report = measured[-1][name][2]
        mkdocs = statistics.median(float(str(m[name][2]["mkdocs_seconds"])) for m in measured)
        print(
            f"| {name} | {statistics.median(walls):.2f} | {statistics.median(cpus):.2f} | {mkdocs:.2f} "
            f"| {report['rendered']} | {report['written']} |"
        )


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 3)
