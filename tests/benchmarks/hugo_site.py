"""A Hugo project with the directory's pages from the same data: the peer that the benchmark runs beside ours.

Hugo fills a lean page from fields, as we do. A member's page and every head reach it ready-made, which spares
Hugo work that we do ourselves. It makes the lists by municipality and kana row, which hold every company, with
the same hundred a page; it makes no CSV and no JSON.
"""

from __future__ import annotations

from pathlib import Path

import orjson

from company_db.directory import Directory
from company_db.pages.company_page import registered_page
from company_db.pages.listing import in_order, kana_row, reading
from company_db.pages.look import Look
from company_db.pages.member_page import member_page
from company_db.pages.names import names
from company_db.pages.words import WORDS, Words

_CONFIG = """
baseURL = "{site_url}"
defaultContentLanguage = "ja"
title = "directory"
disableKinds = ["RSS", "404"]
[languages.ja]
contentDir = "content/ja"
weight = 1
[languages.en]
contentDir = "content/en"
weight = 2
[taxonomies]
municipality = "municipality"
kana = "kana"
[pagination]
pagerSize = 100
"""

_ADAPTER = """{{ $data := resources.Get "companies-LANGUAGE.json" | transform.Unmarshal }}
{{ range $data }}{{ $.AddPage (dict "path" .key "title" .name "weight" .weight "params" .) }}{{ end }}
"""

_LEAN = """<div class="d-way"><nav aria-label="WAY"><ol><li><a href="ROOT">HOME</a></li>\
<li><a href="ROOTcompanies/">FRONT</a></li>\
<li><a href="ROOTcompanies/municipality/{{ .Params.town }}/">{{ .Params.town_name }}</a></li></ol></nav>\
<a class="d-twin" lang="OTHER" hreflang="OTHER" href="TWINcompanies/{{ .Params.key }}/">OTHERNAME</a></div>\
<article class="d-company"><p class="d-kind">KIND</p>HEADING\
<div class="d-two"><table class="d-facts">\
<tr><th scope="row">L_ADDRESS</th><td>ADDRESS \
<a class="d-out" href="https://www.google.com/maps/search/?api=1&amp;query={{ .Params.address }}">L_MAP</a></td></tr>\
<tr><th scope="row">L_KIND</th><td>{{ .Params.kind_name }}</td></tr>\
<tr><th scope="row">L_NUMBER</th><td>{{ .Params.key }}</td></tr></table>{{ .Params.pin | safeHTML }}</div>\
<p class="d-actions"><a class="d-ask" href="/inquiry/?company={{ .Params.key }}">L_ASK</a>\
<button type="button" class="d-keep" data-shortlist="{{ .Params.key }}" hidden>L_KEEP</button><small>L_NOTE</small></p>\
<p class="d-source">L_SOURCE</p></article>"""

_TERM = """{{ define "main" }}{{ $p := .Paginate .Pages }}<h1>{{ .Title }}</h1><p class="d-count"><b>{{ len .Pages }}</b></p>\
<ul class="d-list d-lean">{{ range $p.Pages }}<li><a href="{{ .RelPermalink }}">{{ .Title }}</a> <span>{{ .Params.town_name }}</span>\
{{ with .Params.headline }}<p>{{ . }}</p>{{ end }}</li>{{ end }}</ul><nav class="d-pager"><ul>\
{{ range $p.Pagers }}{{ if and (ge .PageNumber (sub $p.PageNumber 2)) (le .PageNumber (add $p.PageNumber 2)) }}\
<li><a href="{{ .URL }}">{{ .PageNumber }}</a></li>{{ end }}{{ end }}</ul></nav>{{ end }}"""


def make_hugo_site(folder: Path, look: Look, directory: Directory) -> None:
    """Write the project: configuration, layouts around our shells, and the companies as one JSON a language."""
    _write(folder / "hugo.toml", _CONFIG.replace("{site_url}", look.site_url))
    for language, words in WORDS.items():
        _write(
            folder / f"content/{language}/companies/_content.gotmpl", _ADAPTER.replace("LANGUAGE", language)
        )
        _write(folder / f"content/{language}/companies/_index.md", "---\ntitle: companies\n---\n")
        parts = [part.decode() for part in look.shells[language].parts]
        head = f"{look.style}{{{{ .Params.head | safeHTML }}}}"
        main = '{{ block "main" . }}{{ end }}'
        base = f"{parts[0]}{{{{ .Title }}}}{parts[1]}{head}{parts[2]}{main}{parts[3]}"
        _write(folder / f"layouts/_default/baseof.{language}.html", base)
        single = f"{{{{ with .Params.body }}}}{{{{ . | safeHTML }}}}{{{{ else }}}}{_lean(words)}{{{{ end }}}}"
        _write(
            folder / f"layouts/companies/single.{language}.html",
            f'{{{{ define "main" }}}}{single}{{{{ end }}}}',
        )
    for name in ("list", "terms"):
        _write(folder / f"layouts/_default/{name}.html", '{{ define "main" }}<h1>{{ .Title }}</h1>{{ end }}')
    _write(folder / "layouts/_default/term.html", _TERM)
    _write_data(folder / "assets", look, directory)


def _lean(words: Words) -> str:
    heading = (
        '<h1>{{ .Title }}</h1><p class="d-under">{{ .Params.reading }}</p>'
        if words.language == "ja"
        else '<h1><span lang="ja">{{ .Title }}</span></h1><p class="d-under"><span lang="ja">{{ .Params.reading }}</span></p>'
    )
    address = "〒{{ .Params.postal }} {{ .Params.address }}"
    values = {
        "OTHERNAME": words.other_name,
        "OTHER": words.other,
        "TWIN": "/en/" if words.language == "ja" else "/",
        "ROOT": f"/{words.prefix}",
        "WAY": words.breadcrumb,
        "HOME": words.place_home,
        "FRONT": words.home,
        "HEADING": heading,
        "L_ADDRESS": words.address,
        "ADDRESS": address if words.language == "ja" else f'<span lang="ja">{address}</span>',
        "L_MAP": words.open_map,
        "L_KIND": words.kind,
        "L_NUMBER": words.corporate_number,
        "L_ASK": words.ask,
        "L_KEEP": words.keep,
        "L_NOTE": words.ask_note,
        "L_SOURCE": words.source,
        "KIND": words.registered_only,
    }
    lean = _LEAN
    for mark in sorted(values, key=len, reverse=True):
        lean = lean.replace(mark, values[mark])
    return lean


def _write_data(folder: Path, look: Look, directory: Directory) -> None:
    rows = {row.key: row for row in directory.rows()}
    members = {member.row.key: member.profile for member in directory.members()}
    ordered = [rows[row.key] for row in in_order(directory.shown.listed())]
    for language, words in WORDS.items():
        records = []
        for weight, row in enumerate(ordered, start=1):
            whole = (
                member_page(row, members[row.key], (), look, words)
                if row.member
                else registered_page(row, look, words)
            ).decode()
            head, body = _slots(whole, look, language)
            record = {
                "key": row.key,
                "name": row.name,
                "weight": weight,
                "kana": [kana_row(reading(row.kana))],
                "reading": row.kana,
                "municipality": [row.municipality_code],
                "town": row.municipality_code,
                "town_name": names("municipality", language)[row.municipality_code],
                "kind_name": names("kind", language).get(row.kind, ""),
                "postal": row.postal_code,
                "address": f"茨城県{row.address}",
                "head": head,
                "pin": body[body.find('<svg class="d-pin"') : body.find("</svg>") + 6],
            }
            if row.member:
                record |= {"body": body, "headline": members[row.key].headline}
            records.append(record)
        folder.mkdir(parents=True, exist_ok=True)
        (folder / f"companies-{language}.json").write_bytes(orjson.dumps(records))


def _slots(page: str, look: Look, language: str) -> tuple[str, str]:
    """Cut a page of ours back into its head and body."""
    before_title, before_head, before_body, after = (part.decode() for part in look.shells[language].parts)
    rest = page.removeprefix(before_title).partition(before_head)[2].removesuffix(after)
    head, _, body = rest.partition(before_body)
    return head.removeprefix(look.style), body


def _write(path: Path, text: str) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text, encoding="utf-8")
