"""Our feed checks say what the W3C's feed validator says of its own cases, and nothing of sound feeds."""

from __future__ import annotations

import re
import tarfile
from pathlib import Path

import pytest

from generator.site.audit.feed import feed_findings

CASES = Path(__file__).parents[5] / "shared/data/feeds/feedvalidator-atom.tar.gz"
EXPECT = re.compile(r"Expect:\s*(!?\w+)")
COVERED = {
    "DuplicateAtomLink",
    "DuplicateElement",
    "DuplicateEntries",
    "ImplausibleDate",
    "InvalidContact",
    "InvalidFullLink",
    "InvalidLanguage",
    "InvalidMIMEType",
    "InvalidNamespace",
    "InvalidRFC3339Date",
    "MissingAttribute",
    "MissingElement",
    "MissingHref",
    "MissingNamespace",
    "MissingSelf",
    "NotBlank",
    "SAXError",
    "UndefinedElement",
    "UnexpectedWhitespace",
}
NAMED_OTHERWISE = {
    "3.1.1.3/misplaced_element.xml",  # names of other vocabularies, which we do not write
    "3.1.1.3/missing_xhtml_ns.xml",
    "6.1/license-entry-invaliduri.xml",
    "6.1/license-feed-invaliduri.xml",
    "6.1/trackback-ping-outside-entry.xml",
    "4.2.2.2/category-scheme-rel-iri.xml",
    "4.1.3.2/content-src-extra-text.xml",  # found, under another name
    "4.2.7.1/link-no-href.xml",
    "must/feed_id_blank.xml",
    "must/feed_missing.xml",
    "must/feed_missing2.xml",
    "must/feed_unknown_element_core_namespace.xml",
    "must/unknown_element_in_known_namespace.xml",
}
"""Cases of which we say something else than the validator does."""


def cases() -> list[tuple[str, str, bytes]]:
    """Return name, expectation and bytes of every case of the Atom corpus."""
    if not CASES.exists():
        pytest.skip("../shared/data/feeds がありません（W3C feedvalidator の例）")
    found = []
    with tarfile.open(CASES) as archive:
        for member in archive:
            file = archive.extractfile(member) if member.name.endswith(".xml") else None
            if file is not None:
                content = file.read()
                expect = EXPECT.search(content.decode("utf-8", "replace"))
                found.append(
                    (member.name.removeprefix("testcases/atom/"), expect[1] if expect else "", content)
                )
    return found


def said(content: bytes) -> set[str]:
    return {finding.message.partition(":")[0] for finding in feed_findings("x/atom.xml", content)}


@pytest.mark.shared
def test_every_breach_that_the_checks_know_is_found_in_the_validators_cases() -> None:
    asked = [(name, expect, content) for name, expect, content in cases() if expect in COVERED]
    missed = {name for name, expect, content in asked if expect not in said(content)}
    assert missed == NAMED_OTHERWISE
    assert len(asked) > 200


@pytest.mark.shared
def test_sound_cases_of_the_validator_stay_without_a_word() -> None:
    sound = [content for _, expect, content in cases() if expect == "!Error"]
    wrong = [words for content in sound if (words := said(content) - {"MissingSelf"})]
    assert len(sound) > 50
    assert wrong == []


def test_rss_and_json_feeds_are_checked_too() -> None:
    rss = b"<rss><channel><title>x</title><link>x</link><item><pubDate>soon</pubDate></item></channel></rss>"
    found = {finding.message.partition(":")[0] for finding in feed_findings("x/rss.xml", rss)}
    assert found == {"MissingElement", "DuplicateEntries", "InvalidRFC2822Date"}
    broken = b'{"version": "1", "items": [{"id": "a", "date_published": "soon"}]}'
    found = {finding.message.partition(":")[0] for finding in feed_findings("x/feed.json", broken)}
    assert found == {"MissingElement", "InvalidRFC3339Date"}
