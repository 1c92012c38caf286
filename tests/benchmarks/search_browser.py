"""Search in a real Chromium: our page, Pagefind extended and Material's own search over the same documents and queries.

``python -m tests.benchmarks.search_browser 2000 10000 [--engines ours,pagefind,material] [--every 4]`` prints a table. Pagefind is
asked for with ``pip install pagefind pagefind-bin-extended``; at 80,000 it takes ten minutes and 8 GB. Debian's nginx serves over TLS
and HTTP/2 as in ``deploy/``, but every file as it lies on disk, so bytes are those of a host that compresses nothing. Cold: a fresh
browser context whose page is ready, from the query to the drawn results; bytes from opening the page. Warm: the same query again.
4G: 60 ms round trip and 10 Mbit/s.
"""

from __future__ import annotations

import argparse
import gzip
import json
import shutil
import statistics
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from html import escape
from importlib.util import find_spec
from pathlib import Path
from time import perf_counter, sleep
from typing import Any

from playwright.sync_api import Browser, BrowserContext, sync_playwright

from generator.search.browser import compact, pack
from generator.search.index import update_index
from generator.search.source import SearchChanges, SearchSource
from tests.benchmarks.search import MODULES, truth
from tests.benchmarks.search_pages import full_documents, queries
from tests.nginx import free_ports, make_certificate, programs

FLAGS = ["--no-sandbox", "--disable-gpu", "--disable-background-networking", "--disable-component-update"]
PAGE = '<!doctype html><html lang="ja"><meta charset="utf-8"><title>検索</title><link rel="icon" href="data:,">{}</html>'
# ruff: noqa: E501
# Each page offers go(query): how many it finds, their keys (untimed), and the milliseconds until ten are shown.
OURS = """<div id="koho-search" data-root="/" data-index="/index/ja/" data-pack="/assets/search.bin"></div>
<script type="module" src="/assets/start.js"></script><script type="module">
const root = document.getElementById('koho-search');
const drawn = () => new Promise((done) => { const look = () => (root.getAttribute('aria-busy') ? setTimeout(look, 2) : done()); setTimeout(look, 2); });
window.go = async (q) => {
  const box = document.getElementById('s-q');
  const start = performance.now();
  box.value = q;
  box.form.requestSubmit();
  await drawn();
  return { ms: performance.now() - start };
};
window.keys = async (q) => {
  const { SearchIndex } = await import('/assets/engine.js');
  const index = (window.own ??= new SearchIndex('/index/ja/'));
  return [...(await index.search(q)).ids];
};
const look = () => (document.getElementById('s-q') ? requestIdleCallback(() => (window.ready = true)) : setTimeout(look, 5));
look();</script>"""
PAGEFIND = """<ol></ol><script type="module">
const pagefind = await import('/pagefind/pagefind.js');
await pagefind.init();
window.go = async (q) => {
  const start = performance.now();
  const { results } = await pagefind.search(q);
  const shown = await Promise.all(results.slice(0, 10).map((result) => result.data()));
  document.querySelector('ol').replaceChildren(...shown.map((one) => Object.assign(document.createElement('li'), { textContent: one.excerpt })));
  return { ms: performance.now() - start };
};
window.keys = async (q) => (await pagefind.search(q)).results.map((result) => result.id);
window.ready = true;</script>"""
MATERIAL = """<ol></ol><script type="module">
let worker;
const ask = (message) => new Promise((done, failed) => {
  worker.onmessage = ({ data }) => done(data);
  worker.onerror = (event) => failed(new Error(event.message));
  worker.postMessage(message);
});
const open = async () => {
  if (worker) return;
  worker = new Worker('/javascripts/workers/WORKER');
  const { config, docs } = await (await fetch('/search_index.json')).json();
  await ask({ type: 0, data: { config, docs, options: { suggest: false } } });
};
const items = async (q) => { await open(); return (await ask({ type: 2, data: q })).data.items; };
window.go = async (q) => {
  const start = performance.now();
  const shown = (await items(q)).slice(0, 10);
  document.querySelector('ol').replaceChildren(...shown.map(([one]) => Object.assign(document.createElement('li'), { textContent: one.title })));
  return { ms: performance.now() - start };
};
window.keys = async (q) => (await items(q)).map(([one]) => one.location);
window.ready = true;</script>"""


class Wire:
    """What nginx has sent since it was last asked."""

    def __init__(self, log: Path) -> None:
        self._log = log.open(encoding="ascii")

    def sent(self) -> list[int]:
        """Return the bytes of each answer."""
        sleep(0.02)  # a line is written when its answer has gone
        return [int(line) for line in self._log.read().split()]


def make_ours(count: int, folder: Path) -> dict[Any, str]:
    """Build our index and page; return the documents' keys by number."""
    from generator.search.state import IndexState

    source = SearchSource("benchmark", "1", lambda _: SearchChanges(full_documents(count), whole=True))
    update_index([source], folder / "index", state_dir=folder.with_suffix(".state"), processes=2)
    shutil.copytree(MODULES, folder / "assets")
    modules = {path: path.read_text(encoding="utf-8") for path in MODULES.glob("*.js")}
    for path, text in modules.items():
        (folder / "assets" / path.name).write_text(compact(text), encoding="utf-8")
    (folder / "assets/search.bin").write_bytes(pack({path.name: text for path, text in modules.items()}))
    (folder / "index.html").write_text(PAGE.format(OURS), encoding="utf-8")
    state = IndexState(folder.with_suffix(".state") / "ja.sqlite")
    keys = dict(state.column("key"))
    state.close()
    return keys


def make_pagefind(count: int, folder: Path) -> dict[Any, str]:
    """Let Pagefind's own command read a bare page of each document; return the keys by its result ids."""
    pages = folder.with_suffix(".pages")
    for document in full_documents(count):
        text = "".join(
            f"<p>{escape(line)}</p>" for field in document.fields.values() for line in field.split("\n")
        )
        page = pages / document.url / "index.html"
        page.parent.mkdir(parents=True)
        title = escape(document.title)
        page.write_text(
            f'<html lang="ja"><title>{title}</title><body><h1>{title}</h1>{text}', encoding="utf-8"
        )
    command = [
        sys.executable,
        "-m",
        "pagefind",
        "--site",
        str(pages),
        "--output-path",
        str(folder / "pagefind"),
    ]
    subprocess.run([*command, "--force-language", "ja"], check=True, capture_output=True)
    (folder / "index.html").write_text(PAGE.format(PAGEFIND), encoding="utf-8")
    keys = {}
    for path in (folder / "pagefind/fragment").glob("*.pf_fragment"):
        data = gzip.decompress(path.read_bytes())
        keys[path.stem] = json.loads(data[data.index(b"{") :])["url"].strip("/")
    return keys


def make_material(count: int, folder: Path) -> dict[Any, str]:
    """Write the index that Material's worker reads, without building pages that nobody opens here."""
    spec = find_spec("material")
    package = Path(next(iter(spec.submodule_search_locations or ()))) if spec else Path()  # type: ignore[arg-type]
    scripts = package / "templates/assets/javascripts"
    shutil.copytree(scripts, folder / "javascripts")
    worker = next((folder / "javascripts/workers").glob("search.*.min.js")).name
    docs = [
        {"location": one.key, "title": one.title, "text": "\n".join(one.fields.values())}
        for one in full_documents(count)
    ]
    config = {
        "lang": ["ja"],
        "separator": r"[\s\-　、。，．]+",
        "pipeline": ["stemmer"],
        "fields": {"title": {"boost": 1000.0}, "text": {"boost": 1.0}, "tags": {"boost": 1000000.0}},
    }
    index = {"config": config, "docs": docs}
    (folder / "search_index.json").write_text(json.dumps(index, ensure_ascii=False), encoding="utf-8")
    (folder / "index.html").write_text(PAGE.format(MATERIAL.replace("WORKER", worker)), encoding="utf-8")
    return {one["location"]: one["location"] for one in docs}


ENGINES = {"ours": make_ours, "pagefind": make_pagefind, "material": make_material}


CONFIGURATION = """user root; daemon off; worker_processes 1; pid {at}/pid; error_log {at}/errors; events {{}}
http {{
  include /etc/nginx/mime.types; sendfile on; tcp_nodelay on; log_format bytes $body_bytes_sent; access_log {at}/sent bytes;
  server {{
    listen 127.0.0.1:{port} ssl http2; ssl_certificate {at}/fullchain.pem; ssl_certificate_key {at}/privkey.pem; root {folder};
  }}
}}"""


@contextmanager
def served(folder: Path) -> Iterator[tuple[str, Wire]]:
    """Serve a folder on loopback by nginx over TLS and HTTP/2."""
    at = folder.with_suffix(".nginx")
    at.mkdir()
    make_certificate(at)
    (port,) = free_ports(1)
    (at / "nginx.conf").write_text(CONFIGURATION.format(at=at, port=port, folder=folder), encoding="utf-8")
    nginx, _ = programs()
    with subprocess.Popen([nginx, "-e", str(at / "errors"), "-c", str(at / "nginx.conf")]) as process:
        while not (at / "pid").exists():
            sleep(0.01)
        yield f"https://127.0.0.1:{port}/", Wire(at / "sent")
        process.terminate()


@contextmanager
def opened(
    browser: Browser, address: str, *, throttled: bool = False
) -> Iterator[tuple[Any, BrowserContext]]:
    """Open the page in a fresh context, over a slow network when asked."""
    context = browser.new_context(ignore_https_errors=True)
    page = context.new_page()
    page.set_default_timeout(600_000)
    if throttled:
        wire = context.new_cdp_session(page)
        speed = 10e6 / 8
        limits = {"offline": False, "latency": 60, "downloadThroughput": speed, "uploadThroughput": speed}
        wire.send("Network.enable")
        wire.send("Network.emulateNetworkConditions", limits)
    page.goto(address)
    page.wait_for_function("window.ready === true")
    yield page, context
    context.close()


def measure(engine: str, count: int, asked: Sequence[str], expected: dict[str, set[str]]) -> dict[str, float]:
    """Build one engine's index and put every query to it."""
    with tempfile.TemporaryDirectory(dir="/dev/shm" if Path("/dev/shm").is_dir() else None) as parent:
        folder = Path(parent) / "site"
        folder.mkdir()
        started = perf_counter()
        keys = ENGINES[engine](count, folder)
        seconds = perf_counter() - started
        with served(folder) as (address, wire), sync_playwright() as playwright:
            browser = playwright.chromium.launch(executable_path=shutil.which("chromium"), args=FLAGS)
            figures = _ask(browser, address, wire, asked, keys, expected)
            browser.close()
    return {**figures, "build s": seconds}


def _ask(
    browser: Browser,
    address: str,
    wire: Wire,
    asked: Sequence[str],
    keys: dict[Any, str],
    expected: dict[str, set[str]],
) -> dict[str, float]:
    cold, warm, slow, first, requests, following = [], [], [], [], [], []
    for query in asked:
        wire.sent()
        with opened(browser, address) as (page, _):
            cold.append(page.evaluate("q => go(q)", query)["ms"])
            page.wait_for_function("!document.querySelector('[aria-busy]')")
            sent = wire.sent()
            first.append(sum(sent))
            requests.append(len(sent))
            warm.append(page.evaluate("q => go(q)", query)["ms"])
        with opened(browser, address, throttled=True) as (page, _):
            slow.append(page.evaluate("q => go(q)", query)["ms"])
    recall, precision = [], []
    with opened(browser, address) as (page, _):
        page.evaluate("q => go(q)", "常陸")
        for query in asked:
            wire.sent()
            page.evaluate("q => go(q)", query)
            following.append(sum(wire.sent()))
        for query in asked:
            got = {keys[found] for found in page.evaluate("q => keys(q)", query)}
            want = expected[query]
            recall.append(len(got & want) / len(want) if want else float(not got))
            precision.append(len(got & want) / len(got) if got else 1.0)
    median = statistics.median
    return {
        "recall": statistics.mean(recall),
        "precision": statistics.mean(precision),
        "first query kB, median": median(first) / 1000,
        "first query kB, 95th percentile": statistics.quantiles(first, n=20)[18] / 1000,
        "next query kB, median": median(following) / 1000,
        "requests of the first query, median": median(requests),
        "cold ms, median": median(cold),
        "repeated ms, median": median(warm),
        "4G ms, median": median(slow),
    }


def main() -> None:
    """Print a table, one column an engine and size."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("sizes", nargs="*", type=int, default=[2_000, 10_000])
    parser.add_argument("--engines", default="ours,pagefind,material")
    parser.add_argument("--every", type=int, default=4, help="take every n-th of the 208 queries")
    arguments = parser.parse_args()
    asked = queries()[:: arguments.every]
    columns = {}
    for count in arguments.sizes:
        expected = truth(lambda count=count: full_documents(count), asked)  # type: ignore[misc]
        for engine in arguments.engines.split(","):
            columns[f"{engine} {count:,}"] = measure(engine, count, asked, expected)
    print(f"{len(asked)} queries")
    print("| | " + " | ".join(columns) + " |")
    print("|---|" + "---|" * len(columns))
    for name in next(iter(columns.values())):
        print(f"| {name} | " + " | ".join(f"{column[name]:,.4g}" for column in columns.values()) + " |")


if __name__ == "__main__":
    main()
