"""Publishes a benchmark's directory once, in a process that does nothing else."""

from __future__ import annotations

import json
import sys
import time
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from generator.settings import Settings
    from generator.site.publisher import PublishContext

ON = date(2023, 11, 22)
SHELL = """<!doctype html>
<html lang="{language}"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width,initial-scale=1">
<title><!--koho:title--></title><link rel="icon" href="/assets/mark.svg" type="image/svg+xml">
<link rel="stylesheet" href="/assets/koho-14e02843ef.css"><meta name="color-scheme" content="light dark">
<script src="/assets/koho-3de1613424.js" defer></script><!--koho:head--></head><body><a class="k-skip" href="#main">本文へ</a>
<p class="k-ribbon">見本のサイトです。
催し・企業・電話番号などは実在しません。</p><header class="k-header"><div class="k-wrap k-header__row">
<a class="k-brand" href="/"><img src="/assets/mark.svg" alt="" width="32" height="32"><span>見本の機構</span></a>
<form class="k-find" action="/search/" role="search"><label class="k-hidden" for="k-q">サイト内検索</label>
<input id="k-q" name="q" type="search" autocomplete="off"><button>検索</button></form></div>
<nav class="k-tabs" aria-label="おもなページ"><ul>
<li><a href="/programs/">支援メニュー</a></li><li><a href="/grants/">助成金</a></li><li><a href="/events/">催し</a></li>
<li><a href="/companies/">企業をさがす</a></li><li><a href="/notices/">お知らせ</a></li>
<li><a href="/places/">相談窓口</a></li></ul></nav></header>
<main id="main" tabindex="-1"><!--koho:body--></main><footer class="k-footer"><p><strong>見本の機構</strong><br>水戸市 電話 029-000-0000</p>
<p><a href="/about/">このサイトについて</a></p></footer></body></html>
"""


def settings_of(folder: Path) -> Settings:
    from generator.settings import Settings

    return Settings(project=folder, on=ON, processes=2, site_url="https://directory.example.jp/")


def context_of(settings: Settings) -> PublishContext:
    from generator.content.library import make_library
    from generator.site.publisher import PublishContext
    from generator.site.shell import Shell

    shells = {language: Shell.from_html(SHELL.replace("{language}", language)) for language in ("ja", "en")}
    return PublishContext(settings, make_library((), on=ON), ON, shells)


def main() -> None:
    from company_db.pages.publisher import DIRECTORY

    context = context_of(settings_of(Path(sys.argv[1])))
    started, cpu = time.perf_counter(), time.process_time()
    report = DIRECTORY.publish(context)
    seconds, cpu_seconds = time.perf_counter() - started, time.process_time() - cpu
    told = {"seconds": seconds, "cpu_seconds": cpu_seconds, "written": report.written}
    print(json.dumps({**told, "pages": dict(report.pages)}))


if __name__ == "__main__":
    main()
