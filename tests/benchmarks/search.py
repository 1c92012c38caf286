"""Search measured: recall, precision, bytes and times of our index over companies that all have a PR text.

``python tests/benchmarks/search.py 2000 10000 80000 [--register 08_ibaraki_all.zip]``

Truth is a plain reading: every normalised field of every document, substring, AND. Bytes are those of the files as they
lie on disk, so they hold on a host that compresses nothing. A first query counts the page's modules too.
"""

from __future__ import annotations

import argparse
import gzip
import json
import multiprocessing
import re
import resource
import shutil
import statistics
import subprocess
import tempfile
import zlib
from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from pathlib import Path
from time import perf_counter, process_time

from generator.search.browser import compact, pack
from generator.search.document import SearchDocument
from generator.search.index import update_index
from generator.search.normalise import normalise
from generator.search.source import SearchChanges, SearchSource
from generator.search.state import IndexState
from tests.benchmarks.measuring import peak_of_all
from tests.benchmarks.search_pages import full_documents, queries, register_documents

ROOT = Path(__file__).parents[2]
MODULES = ROOT / "templates/site/assets/search"

Make = Callable[[], Iterator[SearchDocument]]


def truth(make: Make, asked: Sequence[str]) -> dict[str, set[str]]:
    """Return the keys that each query should find, by reading everything."""
    terms = {
        query: [(m, normalise(p or w)) for m, p, w in re.findall(r'(-?)(?:"([^"]*)"|(\S+))', query)]
        for query in asked
    }
    found: dict[str, set[str]] = {query: set() for query in asked}
    for document in make():
        text = "\n".join(normalise(line) for field in document.fields.values() for line in field.split("\n"))
        for query, wanted in terms.items():
            if all((term in text) is not bool(minus) for minus, term in wanted):
                found[query].add(document.key)
    return found


def sizes(make: Make) -> tuple[int, int]:
    """Return the bytes of the indexed text, compressed page by page and compressed as one."""
    whole = zlib.compressobj(6)
    pages = total = 0
    for document in make():
        text = "\n".join((document.title, document.brief, *document.fields.values())).encode()
        pages += len(gzip.compress(text, 9))
        total += len(whole.compress(text))
    return pages, total + len(whole.flush())


def build(make: Make, folder: Path) -> dict[str, float]:
    """Build, and change one document, in a process of its own; return what both cost."""
    answers = multiprocessing.get_context("spawn").SimpleQueue()
    child = multiprocessing.get_context("fork").Process(target=_build, args=(make, folder, answers))
    child.start()
    child.join()
    if child.exitcode:
        raise SystemExit("the build failed")
    return answers.get()


def _build(make: Make, folder: Path, answers: object) -> None:
    documents = list(make())
    with peak_of_all() as peak:  # beside the documents themselves, which the benchmark holds
        started, began = perf_counter(), process_time()
        update_index(
            [_source("1", documents, whole=True)], folder / "index", state_dir=folder / "state", processes=2
        )
        seconds, megabytes = perf_counter() - started, peak()
    workers = resource.getrusage(resource.RUSAGE_CHILDREN)
    spent_by_all = process_time() - began + workers.ru_utime + workers.ru_stime
    changed = documents[len(documents) // 2]
    text = changed.fields.get("text", "") + "溶射と表面処理の設備を新しく入れました。"
    changed = replace(changed, fields={**changed.fields, "text": text})
    one = perf_counter()
    report = update_index(
        [_source("2", [changed])], folder / "index", state_dir=folder / "state", processes=2
    )
    spent = perf_counter() - one
    update_index(  # back as it was, so that the truth holds for what is asked next
        [_source("3", [documents[len(documents) // 2]])], folder / "index", state_dir=folder / "state"
    )
    answers.put(  # type: ignore[attr-defined]
        {
            "build s": seconds,
            "build, processor s of all processes": spent_by_all,
            "build MB, all processes": megabytes,
            "one changed s": spent,
            "one changed, files": report.written,
        }
    )


def _source(mark: str, documents: list[SearchDocument], *, whole: bool = False) -> SearchSource:
    return SearchSource("benchmark", mark, lambda _: SearchChanges(documents, whole=whole))


def measure(make: Make, folder: Path, asked: Sequence[str]) -> dict[str, float]:
    """Build, run every query, compare with the truth."""
    shutil.rmtree(folder, ignore_errors=True)
    cost = build(make, folder)
    size = sum(path.stat().st_size for path in (folder / "index").rglob("*") if path.is_file())
    (folder / "queries.json").write_text(json.dumps(list(asked)))
    modules = folder / "modules"
    shutil.copytree(MODULES, modules)
    (modules / "package.json").write_text('{"type": "module"}')
    script = Path(__file__).with_name("search_run.mjs")
    output = folder / "out.json"
    subprocess.run(
        [
            "node",
            str(script),
            str(modules),
            str(folder / "index/ja"),
            str(folder / "queries.json"),
            str(output),
        ],
        check=True,
    )
    ran = json.loads(output.read_text())
    state = IndexState(folder / "state/ja.sqlite")
    keys = dict(state.column("key"))
    state.close()
    expected = truth(make, asked)
    recall, precision = [], []
    for row in ran["rows"]:
        got, want = {keys[number] for number in row["ids"]}, expected[row["query"]]
        recall.append(len(got & want) / len(want) if want else 1.0)
        precision.append(len(got & want) / len(got) if got else 1.0)
        if recall[-1] < 1 or precision[-1] < 1:
            print(f"  {row['query']}: want {len(want)}, got {len(got)}, both {len(got & want)}")
    sources = {path.name: path.read_text(encoding="utf-8") for path in MODULES.glob("*.js")}
    packed = len(pack(sources)) + len(compact(sources["start.js"]).encode())
    first = [row["first"] for row in ran["rows"]]
    after = [row["next"] for row in ran["rows"]]
    pages, whole = sizes(make)
    return {
        "queries": len(asked),
        "recall": statistics.mean(recall),
        "precision": statistics.mean(precision),
        "first kB median": (statistics.median(first) + packed) / 1000,
        "first kB p95": (statistics.quantiles(first, n=20)[18] + packed) / 1000,
        "next kB median": statistics.median(after) / 1000,
        "code kB": packed / 1000,
        "requests median": statistics.median(row["requests"] for row in ran["rows"]),
        "cold ms median": statistics.median(row["ms"] for row in ran["rows"]),
        "repeated ms median": statistics.median(row["repeatMs"] for row in ran["rows"]),
        "facets kB, first shown": ran["facets"].get("municipality", 0) / 1000,
        "facets kB, largest when opened": max(ran["facets"].values()) / 1000,
        **cost,
        "index MB": size / 1e6,
        "index / gzipped pages": size / pages,
        "index / gzipped whole": size / whole,
    }


def main() -> None:
    """Print a table, one column a size."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("sizes", nargs="*", type=int, default=[2_000, 10_000, 80_000])
    parser.add_argument(
        "--register", type=Path, help="zip of the corporate-number register, with 2,000 members"
    )
    arguments = parser.parse_args()
    asked = queries()
    columns: dict[str, dict[str, float]] = {}
    with tempfile.TemporaryDirectory(dir="/dev/shm" if Path("/dev/shm").is_dir() else None) as folder:
        for count in arguments.sizes:
            columns[f"{count:,}"] = measure(
                lambda count=count: full_documents(count), Path(folder) / "b", asked
            )
            print(count, json.dumps(columns[f"{count:,}"]), flush=True)
        if arguments.register:
            mixed = lambda: register_documents(arguments.register, 2_000)  # noqa: E731
            columns["register + 2,000"] = measure(mixed, Path(folder) / "b", asked)
    print("| | " + " | ".join(columns) + " |")
    print("|---|" + "---|" * len(columns))
    for name in next(iter(columns.values())):
        print(f"| {name} | " + " | ".join(f"{column[name]:,.4g}" for column in columns.values()) + " |")


if __name__ == "__main__":
    main()
