"""The page of a member company: what a buyer decides on first, then everything it agreed to show."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date

from company_db.directory_row import DirectoryRow
from company_db.pages.company_page import (
    actions,
    corporate_code,
    heading,
    map_link,
    page_title,
    town_name,
    town_step,
)
from company_db.pages.look import Look
from company_db.pages.markup import (
    breadcrumb,
    day_text,
    describe,
    escape,
    facts,
    json_script,
    link_head,
    paragraph,
    table,
)
from company_db.pages.names import names
from company_db.pages.tile_map import pointer
from company_db.pages.words import Words
from generator.content.company import Capability, CompanyProfile, Photo

Related = tuple[tuple[str, str, str], ...]
"""Pages that name the company: kind in Japanese, title, site-relative address."""


def member_page(
    row: DirectoryRow, profile: CompanyProfile, related: Related, look: Look, words: Words
) -> bytes:
    """Return the whole page; a field that is empty (not published) leaves no trace."""
    english = words.language == "en"
    name = escape((english and profile.name_en) or profile.name)
    headline = escape((english and profile.headline_en) or profile.headline)
    way = breadcrumb(look.root, words, town_step(row, look, words), "", f"companies/{row.key}/")
    head = describe(headline or name) + link_head(look.site_url, f"companies/{row.key}/", words)
    title = page_title(name, town_name(row, words), words)
    body = way + member_article(row, profile, related, look, words)
    return look.stamp(words, title, head + _organization(profile, look), body)


def member_article(
    row: DirectoryRow, profile: CompanyProfile, related: Related, look: Look, words: Words
) -> str:
    """Return what the page says of the company."""
    english = words.language == "en"
    headline = escape((english and profile.headline_en) or profile.headline)
    return (
        f'<article class="d-company d-member"><p class="d-kind">{words.member}</p>'
        f"{heading(profile.name, profile.kana, profile.name_en, words)}"
        f"{_line(headline, _japanese(english, profile.headline, profile.headline_en), 'd-headline')}"
        f"{_tags(profile, look, words)}{actions(row.key, look, words)}"
        f"{_capabilities(profile, words)}{_products(profile, words)}{_photos(profile, look, words)}{_equipment(profile, words)}"
        f"{_certifications(profile, look, words)}{_telling(profile, words)}"
        f"{_section(words.facts, _facts(row, profile, look, words))}"
        f"{_related(related, look, words)}{_confirmed(profile, look, words)}</article>"
    )


def _section(title: str, inner: str) -> str:
    return f"<section><h2>{title}</h2>{inner}</section>" if inner else ""


def _japanese(english: bool, text: str, translated: str) -> bool:  # noqa: FBT001 - a fact of the page, not a switch
    return english and bool(text) and not translated


def _line(text: str, in_japanese: bool, kind: str) -> str:  # noqa: FBT001 - decides only the lang attribute
    lang = ' lang="ja"' if in_japanese else ""
    return f'<p class="{kind}"{lang}>{text}</p>' if text else ""


def _either(ja: str, en: str, words: Words) -> str:
    """Return the text of the page's language, or the Japanese one marked as such."""
    if words.language == "ja":
        return escape(ja)
    return escape(en) if en else f'<span lang="ja">{escape(ja)}</span>' if ja else ""


def _join(texts: Iterable[str], words: Words) -> str:
    return ("、" if words.language == "ja" else ", ").join(texts)


def _tags(profile: CompanyProfile, look: Look, words: Words) -> str:
    base = f"{look.root}{words.prefix}companies"
    industry = names("industry", words.language)
    known = names("certification", words.language)
    links = [
        (f"{base}/process/{code}/", _process(first, words))
        for code, first in {part.process: part for part in profile.capabilities}.items()
    ]
    links += [
        (f"{base}/certification/{part.code}/", known[part.code])
        for part in profile.certifications
        if part.code in known
    ]
    links += [(f"{base}/industry/{code}/", industry[code]) for code in profile.industries if code in industry]
    items = "".join(f'<li><a href="{href}">{label}</a></li>' for href, label in links)
    return f'<ul class="d-tags">{items}</ul>' if items else ""


def _process(part: Capability, words: Words) -> str:
    return _either(part.process_name, part.process_name_en, words)


def _capabilities(profile: CompanyProfile, words: Words) -> str:
    rows = [
        (
            _process(part, words),
            _join(map(escape, _in(words, part.materials, part.materials_en)), words),
            _sizes(part),
            escape(part.accuracy),
            _lots(part, words),
        )
        for part in profile.capabilities
    ]
    heads = (words.process, words.materials, words.size, words.accuracy, words.lot)
    return _section(words.capabilities, table(words.capabilities, heads, rows))


def _in(words: Words, ja: tuple[str, ...], en: tuple[str, ...]) -> tuple[str, ...]:
    return en if words.language == "en" and len(en) == len(ja) else ja


def _sizes(part: Capability) -> str:
    sizes = filter(None, (escape(part.min_size), escape(part.max_size)))
    return " – ".join(sizes)


def _lots(part: Capability, words: Words) -> str:
    lots = _join(map(escape, _in(words, part.lots, part.lots_en)), words)
    if part.minimum_lot is None:
        return lots
    return f"{lots} {words.minimum_lot} {part.minimum_lot:,} {words.pieces}".strip()


def _products(profile: CompanyProfile, words: Words) -> str:
    items = "".join(
        f"<li><b>{_either(part.name, part.name_en, words)}</b> "
        f'<span class="d-role">{words.roles.get(part.role, "")}</span> '
        f"{_either(part.description, part.description_en, words)}</li>"
        for part in profile.products
    )
    return _section(words.products, f'<ul class="d-products">{items}</ul>' if items else "")


def _equipment(profile: CompanyProfile, words: Words) -> str:
    rows = [
        (
            _either(part.name, part.name_en, words)
            + (f' <span class="d-role">{words.inspection}</span>' if part.inspection else ""),
            escape(f"{part.maker} {part.model}".strip()),
            f"{part.count:,}{words.unit_count}",
            escape(part.capacity),
        )
        for part in profile.equipment
    ]
    heads = (words.machine, words.maker_model, words.count, words.capacity)
    return _section(words.equipment, table(words.equipment, heads, rows))


def _certifications(profile: CompanyProfile, look: Look, words: Words) -> str:
    known = names("certification", words.language)
    rows = [
        (
            known.get(part.code, escape(part.name)),
            escape(part.number),
            _expiry(part.expires, look, words),
        )
        for part in profile.certifications
    ]
    heads = (words.certification, words.number, words.expires)
    return _section(words.certifications, table(words.certifications, heads, rows))


def _expiry(expires: date | None, look: Look, words: Words) -> str:
    if expires is None:
        return ""
    text = day_text(expires.isoformat(), words)
    return text if expires.isoformat() >= look.today else f"{text} <strong>{words.expired}</strong>"


def _telling(profile: CompanyProfile, words: Words) -> str:
    english = words.language == "en"
    parts = (
        (words.business, profile.business, profile.business_en),
        (words.about, profile.pr, profile.pr_en),
    )
    told = "".join(
        _section(
            title,
            f'<div class="d-text"{_lang(_japanese(english, ja, en))}>{paragraph((english and en) or ja)}</div>',
        )
        for title, ja, en in parts
        if ja or (english and en)
    )
    strengths = "".join(f"<li{_lang(english)}>{escape(text)}</li>" for text in profile.strengths)
    return told + _section(words.strengths, f"<ul>{strengths}</ul>" if strengths else "")


def _lang(in_japanese: bool) -> str:  # noqa: FBT001 - decides only the lang attribute
    return ' lang="ja"' if in_japanese else ""


def _facts(row: DirectoryRow, profile: CompanyProfile, look: Look, words: Words) -> str:
    town = "".join(f'<a href="{href}">{name}</a>' for href, name in town_step(row, look, words))
    languages, countries = names("language", words.language), names("country", words.language)
    orders = {True: words.yes, False: words.no, None: ""}[profile.accepts_orders]
    listed = facts(
        (
            (words.address, _address(profile, words)),
            (words.factory, _either(profile.factory_address, "", words)),
            (words.municipality, town),
            (words.representative, _either(profile.representative, "", words)),
            (words.telephone, _telephone(profile.telephone)),
            (words.website, _website(profile.url)),
            (words.founded, _founded(profile.founded, words)),
            (words.capital, _amount(profile.capital_yen, words.yen, words)),
            (words.employees, _amount(profile.employees, words.people, words)),
            (words.industries, _industries(profile, look, words)),
            (words.accepts_orders, orders),
            (words.languages, _join((languages[c] for c in profile.languages if c in languages), words)),
            (words.exports, _join((countries[c] for c in profile.export_countries if c in countries), words)),
            (words.customers, _either("、".join(profile.customers), "", words)),
            (words.patents, _either("、".join(profile.patents), "", words)),
            (words.corporate_number, escape(profile.corporate_number)),
        )
    )
    return f'<div class="d-two">{listed}{pointer(row.municipality_code, look.root, words)}</div>'


def _address(profile: CompanyProfile, words: Words) -> str:
    if not profile.address:
        return ""
    text = escape(profile.address)
    postal = f"〒{escape(profile.postal_code)} " if profile.postal_code else ""
    english = f"{escape(profile.address_en)}<br>" if words.language == "en" and profile.address_en else ""
    return f"{english}<span{_lang(words.language == 'en')}>{postal}{text}</span>{map_link(profile.address, words)}"


def _telephone(number: str) -> str:
    return f'<a href="tel:{escape(number)}">{escape(number)}</a>' if number else ""


def _website(url: str) -> str:
    if not _is_web(url):
        return ""
    return f'<a href="{escape(url)}" rel="noopener nofollow">{escape(url)}</a>'


def _is_web(url: str) -> bool:
    return url.startswith(("https://", "http://"))


def _founded(text: str, words: Words) -> str:
    if len(text) == 4 and text.isdigit():
        return f"{text}年" if words.language == "ja" else text
    return day_text(text, words) if text else ""


def _amount(value: int | None, unit: str, words: Words) -> str:
    if value is None:
        return ""
    if unit == "円" and value and value % 10_000 == 0:
        return f"{value // 10_000:,}万円"
    return f"{value:,}{unit}" if words.language == "ja" else f"{unit} {value:,}".strip()


def _industries(profile: CompanyProfile, look: Look, words: Words) -> str:
    known = names("industry", words.language)
    base = f"{look.root}{words.prefix}companies/industry"
    return _join((f'<a href="{base}/{c}/">{known[c]}</a>' for c in profile.industries if c in known), words)


def _photos(profile: CompanyProfile, look: Look, words: Words) -> str:
    items = "".join(
        f'<li><a href="{look.root}{photo.path}"><img src="{look.root}{photo.small}" loading="lazy" decoding="async" '
        f'width="{photo.width}" height="{photo.height}"{_alternative(photo, words)}></a></li>'
        for photo in profile.photos
    )
    return _section(words.photos, f'<ul class="d-photos">{items}</ul>' if items else "")


def _alternative(photo: Photo, words: Words) -> str:
    in_japanese = words.language == "en" and not photo.alt_en
    text = photo.alt if words.language == "ja" or in_japanese else photo.alt_en
    return f' alt="{escape(text)}"{_lang(in_japanese)}'


def _related(related: Related, look: Look, words: Words) -> str:
    items = "".join(
        f'<li><a href="{look.root}{escape(address)}"{_lang(words.language == "en")}>{escape(kind)}：{escape(title)}</a></li>'
        for kind, title, address in related
    )
    return _section(words.related, f"<ul>{items}</ul>" if items else "")


def _confirmed(profile: CompanyProfile, look: Look, words: Words) -> str:
    day = profile.confirmed.isoformat() if profile.confirmed else ""
    told = day_text(day, words) if day else words.never_confirmed
    mark = f' <strong class="d-stale">△ {words.stale}</strong>' if look.is_stale(day) else ""
    tongue = "?lang=en" if words.language == "en" else ""
    mend = f' <a href="{look.root}update/{tongue}">{words.mend}</a>'
    return f'<p class="d-confirmed">{words.confirmed}: {told}{mark}{mend}</p>'


def _organization(profile: CompanyProfile, look: Look) -> str:
    address = {
        "@type": "PostalAddress",
        "addressCountry": "JP",
        "postalCode": profile.postal_code,
        "addressLocality": names("municipality", "ja").get(profile.municipality_code, ""),
        "streetAddress": profile.address,
    }
    value = {
        "@context": "https://schema.org",
        "@type": "Organization",
        "name": profile.name,
        "alternateName": profile.name_en,
        "description": profile.headline,
        "url": profile.url if _is_web(profile.url) else f"{look.site_url}companies/{profile.key}/",
        "telephone": profile.telephone,
        "foundingDate": profile.founded,
        "numberOfEmployees": {"@type": "QuantitativeValue", "value": profile.employees}
        if profile.employees is not None
        else "",
        "address": {name: text for name, text in address.items() if text},
        "iso6523Code": corporate_code(profile.corporate_number) if profile.corporate_number else "",
    }
    return json_script({name: part for name, part in value.items() if part})
