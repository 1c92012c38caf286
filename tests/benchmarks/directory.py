"""How fast the company directory is written: ours, Hugo with equal pages, and a loop that only writes the bytes.

    .venv/bin/python -m tests.benchmarks.directory --sizes 2000 10000 80000 --runs 3 --hugo /path/to/hugo

Every run starts in a process of its own and writes into a fresh folder below ``--where`` (memory by default).
"""

from __future__ import annotations

import argparse
import json
import math
import os
import platform
import shutil
import statistics
import subprocess
import sys
import time
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass
from datetime import datetime
from multiprocessing import get_context
from pathlib import Path

from company_db.directory import Directory
from company_db.pages.look import Look
from company_db.runs import Intake
from company_db.schema import SCHEMA
from company_db.store import CompanyStore
from generator.clock import TOKYO
from generator.storage.database import open_database
from tests.benchmarks.companies import make_database, members
from tests.benchmarks.hugo_site import make_hugo_site
from tests.benchmarks.publish_once import ON, context_of, settings_of

INTAKE = Intake(datetime(2023, 11, 22, 9, tzinfo=TOKYO), "benchmark", "benchmark")


@dataclass(frozen=True)
class Run:
    """One measured run."""

    seconds: float
    cpu_seconds: float  # of all its processes
    peak_mb: float


def change_one(folder: Path, turn: int) -> None:
    """Change one member's line in the database."""
    engine = open_database(SCHEMA.url_of(settings_of(folder)))
    first = next(members(1, ON))
    CompanyStore(engine).save([first.model_copy(update={"headline": f"新しい一行 {turn}"})], INTAKE)
    engine.dispose()


def measured(command: list[str]) -> tuple[Run, str]:
    """Run a command; its wall time, and the most memory that all its processes held at one moment."""
    started, peak = time.perf_counter(), 0
    process = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
    usage = None
    while usage is None:
        peak = max(peak, _tree_kb(process.pid))
        time.sleep(0.02)
        done, status, rusage = os.wait4(process.pid, os.WNOHANG)
        usage = rusage if done else None
    seconds = time.perf_counter() - started
    process.returncode = os.waitstatus_to_exitcode(status)
    out, err = process.communicate()
    if process.returncode:
        raise RuntimeError(err[-2000:] or out[-2000:])
    return Run(seconds, usage.ru_utime + usage.ru_stime, peak / 1024), out


def _tree_kb(root: int) -> int:
    total, todo = 0, [root]
    while todo:
        pid = todo.pop()
        try:
            status = Path(f"/proc/{pid}/status").read_text()
            total += next(
                (int(line.split()[1]) for line in status.splitlines() if line.startswith("VmRSS")), 0
            )
            todo += map(int, Path(f"/proc/{pid}/task/{pid}/children").read_text().split())
        except OSError:
            continue
    return total


def ours(folder: Path) -> tuple[Run, dict[str, object]]:
    run, out = measured([sys.executable, "-m", "tests.benchmarks.publish_once", str(folder)])
    return run, json.loads(out.splitlines()[-1])


def raw_write(site: Path, target: Path, processes: int) -> tuple[float, float]:
    """Write the same bytes to the same names and nothing else; seconds, and seconds of CPU."""
    files = [str(path.relative_to(site)) for path in site.rglob("*") if path.is_file()]
    parts = [files[start::processes] for start in range(processes)]
    with ProcessPoolExecutor(processes, get_context("fork")) as pool:
        laps = list(pool.map(_write_part, [site] * processes, [target] * processes, parts))
    return max(wall for wall, _ in laps), sum(cpu for _, cpu in laps)


def _write_part(site: Path, target: Path, names: list[str]) -> tuple[float, float]:
    ready = [(name, (site / name).read_bytes()) for name in names]
    target.mkdir(parents=True, exist_ok=True)
    root = os.open(target, os.O_DIRECTORY)
    made: set[str] = set()
    started, cpu = time.perf_counter(), time.process_time()
    for name, data in ready:
        folder = name.rpartition("/")[0]
        if folder not in made:
            made.add(folder)
            try:
                os.mkdir(folder, dir_fd=root)
            except FileExistsError:
                pass
            except FileNotFoundError:
                (target / folder).mkdir(parents=True, exist_ok=True)
        file = os.open(name, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o644, dir_fd=root)
        os.write(file, data)
        os.close(file)
    return time.perf_counter() - started, time.process_time() - cpu


def size_mb(site: Path) -> tuple[int, float, float]:
    """Files, megabytes of content, megabytes of blocks of 4 kB (folders too)."""
    files = content = blocks = 0
    for path in site.rglob("*"):
        if path.is_file():
            size = path.stat().st_size
            files, content, blocks = files + 1, content + size, blocks + -(-size // 4096)
        else:
            blocks += 1
    return files, content / 1e6, blocks * 4096 / 1e6


def bench_size(count: int, arguments: argparse.Namespace) -> dict[str, float]:
    """Measure one size; every figure is a median."""
    base = arguments.where / f"koho-bench-{os.getpid()}-{count}"
    settings = settings_of(base / "project")
    make_database(settings, count, INTAKE)
    cold, nothing, touched, raw, hugo = [], [], [], [], []
    cpu: dict[str, list[float]] = {"cold": [], "raw": [], "hugo": []}
    peak = hugo_peak = 0.0
    for turn in range(arguments.runs):
        shutil.rmtree(settings.site, ignore_errors=True)
        (settings.build / "companies-manifest.json").unlink(missing_ok=True)
        run, _ = ours(settings.project)
        cold.append(run.seconds)
        cpu["cold"].append(run.cpu_seconds)
        peak = max(peak, run.peak_mb)
        nothing.append(float(str(ours(settings.project)[1]["seconds"])))
        change_one(settings.project, turn)
        touched.append(float(str(ours(settings.project)[1]["seconds"])))
        wall, busy = raw_write(settings.site, base / f"raw-{turn}", 2)
        raw.append(wall)
        cpu["raw"].append(busy)
        shutil.rmtree(base / f"raw-{turn}")
    files, content, blocks = size_mb(settings.site)
    if arguments.hugo:
        project = base / "hugo"
        make_hugo_site(project, Look.of(context_of(settings)), Directory(settings, ON))
        for turn in range(arguments.hugo_runs):
            target = base / f"hugo-out-{turn}"
            run, _ = measured(
                [arguments.hugo, "--quiet", "--source", str(project), "--destination", str(target)]
            )
            hugo.append(run.seconds)
            cpu["hugo"].append(run.cpu_seconds)
            hugo_peak = max(hugo_peak, run.peak_mb)
            if turn == 0:
                print("  Hugo: files, MB, MB of blocks:", *size_mb(target), file=sys.stderr)
            shutil.rmtree(target)
    shutil.rmtree(base)
    figures = {
        "companies": count,
        "files": files,
        "content_mb": content,
        "blocks_mb": blocks,
        "cold_s": statistics.median(cold),
        "cold_cpu_s": statistics.median(cpu["cold"]),
        "peak_mb": peak,
        "nothing_s": statistics.median(nothing),
        "one_changed_s": statistics.median(touched),
        "raw_s": statistics.median(raw),
        "raw_cpu_s": statistics.median(cpu["raw"]),
    }
    figures["to_raw"] = figures["cold_s"] / figures["raw_s"]
    figures["to_raw_cpu"] = figures["cold_cpu_s"] / figures["raw_cpu_s"]
    if hugo:
        figures |= {"hugo_s": statistics.median(hugo), "hugo_peak_mb": hugo_peak}
        figures["hugo_cpu_s"] = statistics.median(cpu["hugo"])
        figures["hugo_to_ours"] = figures["hugo_s"] / figures["cold_s"]
        figures["hugo_to_ours_cpu"] = figures["hugo_cpu_s"] / figures["cold_cpu_s"]
    return figures


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--sizes", type=int, nargs="+", default=[2_000, 10_000, 80_000])
    parser.add_argument("--runs", type=int, default=3)
    parser.add_argument("--hugo", default=shutil.which("hugo") or "")
    parser.add_argument("--hugo-runs", type=int, default=3)
    parser.add_argument("--where", type=Path, default=Path("/dev/shm"))
    arguments = parser.parse_args()
    print(f"Python {platform.python_version()}, {os.cpu_count()} cores, {platform.platform()}")
    if arguments.hugo:
        print(
            subprocess.run(
                [arguments.hugo, "version"], capture_output=True, text=True, check=True
            ).stdout.strip()
        )
    table = []
    for count in arguments.sizes:
        figures = bench_size(count, arguments)
        table.append(figures)
        print("load", os.getloadavg(), flush=True)
        print(" ".join(f"{name}={value:.4g}" for name, value in figures.items()))
    if len(table) > 1:
        first, last = table[0], table[-1]
        ratio = math.log(last["companies"] / first["companies"])
        for name in ("cold_s", "cold_cpu_s", "peak_mb"):
            print(f"exponent of {name}: {math.log(last[name] / first[name]) / ratio:.2f}")


if __name__ == "__main__":
    main()
