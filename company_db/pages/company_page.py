"""The page of a company that is known from the national register alone, and of one that has closed."""

from __future__ import annotations

from company_db.directory_row import DirectoryRow
from company_db.pages.look import Look
from company_db.pages.markup import breadcrumb, day_text, escape, facts, json_script, link_head
from company_db.pages.names import names
from company_db.pages.tile_map import pointer
from company_db.pages.words import Words

_MAP_SEARCH = "https://www.google.com/maps/search/?api=1&amp;query="
_IN_QUERY = {ord(mark): f"%{ord(mark):02X}" for mark in "%#&+<>\"'\\^`{|}\t\r\n"} | {
    ord(" "): "+",
    ord("　"): "+",
}


def registered_page(row: DirectoryRow, look: Look, words: Words) -> bytes:
    """Return the whole lean page: at most 4,096 bytes as a rule, the block that a disk gives any file."""
    name, town = escape(row.name), town_name(row, words)
    state = closing_notice(row, look, words) if row.closed else ""
    body = (
        f"{breadcrumb(look.root, words, town_step(row, look, words), '', f'companies/{row.key}/')}"
        f'<article class="d-company"><p class="d-kind">{words.registered_only}</p>'
        f"{heading(row.name, row.kana, row.name_en, words)}{state}"
        f'<div class="d-two">{register_facts(row, words)}'
        f"{'' if row.closed else pointer(row.municipality_code, look.root, words)}</div>"
        f"{'' if row.closed else actions(row.key, look, words)}"
        f'<p class="d-source">{words.source}</p></article>'
    )
    head = link_head(look.site_url, f"companies/{row.key}/", words) + _organization(row)
    return look.stamp(words, page_title(name, town, words), head, body)


def page_title(name: str, town: str, words: Words) -> str:
    """Return the page's title: many companies share a name, fewer share a name and a town."""
    place = f"（{town}）" if words.language == "ja" and town else f", {town}" if town else ""
    return f"{name}{place}｜{words.directory}"


def heading(name: str, kana: str, name_en: str, words: Words) -> str:
    """Return the name with its reading and its English form."""
    title = escape(name)
    english = escape(name_en)
    if words.language == "en" and english:
        under = f'<span lang="ja">{title}</span>'
        title = english
    else:
        title = title if words.language == "ja" else f'<span lang="ja">{title}</span>'
        under = " ".join(filter(None, (escape(kana), f'<span lang="en">{english}</span>' if english else "")))
        if words.language == "en" and kana:
            under = f'<span lang="ja">{escape(kana)}</span>'
    return f'<h1>{title}</h1><p class="d-under">{under}</p>' if under else f"<h1>{title}</h1>"


def register_facts(row: DirectoryRow, words: Words) -> str:
    """Return the facts that the register holds, with a link out to a map."""
    place = ""
    if row.address:
        written = written_address(row)
        text = escape(written)
        postal = f"〒{escape(row.postal_code)} " if row.postal_code else ""
        english = f"{escape(row.address_en)}<br>" if words.language == "en" and row.address_en else ""
        plain = f'<span lang="ja">{postal}{text}</span>' if words.language == "en" else postal + text
        place = f"{english}{plain}{map_link(written, words)}"
    return facts(
        (
            (words.address, place),
            (words.kind, names("kind", words.language).get(row.kind, "")),
            (words.corporate_number, row.key if row.key.isdigit() else ""),
        )
    )


def written_address(row: DirectoryRow) -> str:
    """Return the address with its prefecture, which the register keeps apart."""
    if not row.municipality_code or row.address.startswith("茨城県"):
        return row.address
    return f"茨城県{row.address}"


def map_link(address: str, words: Words) -> str:
    """Return the way out to a map of an address as it is written."""
    return f' <a class="d-out" href="{_MAP_SEARCH}{in_query(address)}">{words.open_map}</a>'


def in_query(text: str) -> str:
    """Return a text safe for the query of an address within HTML."""
    return text.translate(_IN_QUERY)


def closing_notice(row: DirectoryRow, look: Look, words: Words) -> str:
    """Return what a visitor of a closed company must know: when, why and who follows."""
    cause = names("close_cause", words.language).get(row.close_cause, "")
    text = words.closed.format(day_text(row.closed, words))
    why = f"（{cause}）" if cause and words.language == "ja" else f" ({cause})" if cause else ""
    stop = "。" if words.language == "ja" else "."
    after = ""
    if row.successor_name:
        name = f'<span lang="ja">{escape(row.successor_name)}</span>'
        after = (
            f'<br>{words.successor}: <a href="{look.root}{words.prefix}companies/{row.successor}/">{name}</a>'
        )
    return f'<p class="d-state d-closed">■ {text}{why}{stop}{after}</p>'


def actions(key: str, look: Look, words: Words) -> str:
    """Return the next steps: ask through the office (never a mail address) and keep in the shortlist."""
    tongue = "&amp;lang=en" if words.language == "en" else ""
    return (
        f'<p class="d-actions"><a class="d-ask" href="{look.root}inquiry/?company={key}{tongue}">{words.ask}</a>'
        f'<button type="button" class="d-keep" data-shortlist="{key}" hidden>{words.keep}</button>'
        f"<small>{words.ask_note}</small></p>"
    )


def town_step(row: DirectoryRow, look: Look, words: Words) -> list[tuple[str, str]]:
    """Return the breadcrumb's step to the list of the company's municipality."""
    town = town_name(row, words)
    if not town:
        return []
    return [(f"{look.root}{words.prefix}companies/municipality/{row.municipality_code}/", town)]


def town_name(row: DirectoryRow, words: Words) -> str:
    """Return the name of the company's municipality; empty outside the prefecture."""
    return names("municipality", words.language).get(row.municipality_code, "")


def _organization(row: DirectoryRow) -> str:
    address = {
        "@type": "PostalAddress",
        "addressCountry": "JP",
        "addressRegion": "茨城県" if row.municipality_code else "",
        "addressLocality": names("municipality", "ja").get(row.municipality_code, ""),
        "postalCode": row.postal_code,
        "streetAddress": row.address,
    }
    value = {
        "@context": "https://schema.org",
        "@type": "Organization",
        "name": row.name,
        "alternateName": row.name_en,
        "address": {name: text for name, text in address.items() if text},
        "dissolutionDate": row.closed,
        "iso6523Code": corporate_code(row.key) if row.key.isdigit() else "",
    }
    return json_script({name: text for name, text in value.items() if text})


def corporate_code(number: str) -> str:
    """Return a corporate number as the world knows it: ISO 6523 has given the register of Japan the code 0188."""
    return f"0188:{number}"
