"""Building the index: what is equal is left alone, and one changed company touches only its own files."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from generator.content.library import make_library
from generator.content.model import Translation
from generator.search import postings
from generator.search.document import SearchDocument
from generator.search.index import IndexReport, build_index
from generator.search.library_documents import library_documents
from generator.search.varint import encode_ids, varint, varints
from tests.builders import (
    ON,
    make_back_issue,
    make_event,
    make_grant,
    make_notice,
    make_order,
    make_patent,
    make_place,
    make_program,
    make_story,
)
from tests.generator.search.test_browser_half import make_documents


def build(folder: Path, documents: list[SearchDocument], *, processes: int = 1) -> IndexReport:
    return build_index(documents, folder / "index", state_dir=folder / "state", processes=processes)


def contents(folder: Path) -> dict[str, bytes]:
    return {p.relative_to(folder).as_posix(): p.read_bytes() for p in folder.rglob("*") if p.is_file()}


def test_the_same_documents_write_nothing(tmp_path: Path) -> None:
    build(tmp_path, make_documents(120))
    assert build(tmp_path, make_documents(120)).written == 0


def test_two_builds_of_the_same_documents_are_equal(tmp_path: Path) -> None:
    build(tmp_path / "a", make_documents(120))
    build(tmp_path / "b", make_documents(120))
    assert contents(tmp_path / "a/index") == contents(tmp_path / "b/index")


def test_one_changed_company_rewrites_only_its_shards(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(postings, "TARGET_BYTES", 150)
    documents = make_documents(400)
    build(tmp_path, documents)
    before = contents(tmp_path / "index/ja")
    documents[7] = replace(documents[7], fields={**documents[7].fields, "text": "溶射を始めました"})
    report = build(tmp_path, documents)
    after = contents(tmp_path / "index/ja")
    changed = {name for name in after if after[name] != before.get(name)}
    assert report.written == len(changed)
    assert len([name for name in changed if name.startswith("r/")]) == 1
    shards = [name for name in after if name.startswith("s/")]
    assert 0 < len([name for name in changed if name.startswith("s/")]) < len(shards) / 2


def test_companies_that_come_and_go_keep_the_numbers_of_the_others(tmp_path: Path) -> None:
    documents = make_documents(200)
    build(tmp_path, documents[:190])
    build(tmp_path, documents[5:])
    build(tmp_path / "fresh", documents[5:])
    assert build(tmp_path, documents[5:]).documents == 195
    assert not (tmp_path / "state/ja/texts.spool").exists()


def test_a_language_that_is_gone_is_removed(tmp_path: Path) -> None:
    documents = make_documents(10)
    build(tmp_path, [*documents, replace(documents[0], key="en/x", language="en")])
    assert (tmp_path / "index/en/root.bin").exists()
    build(tmp_path, documents)
    assert not (tmp_path / "index/en").exists()


def test_no_temporary_file_stays(tmp_path: Path) -> None:
    build(tmp_path, make_documents(60))
    assert [name for name in contents(tmp_path / "index") if "/." in name] == []


@given(st.sets(st.integers(0, 400), min_size=1))
def test_document_lists_are_read_back_as_they_were(numbers: set[int]) -> None:
    ids = sorted(numbers)
    form, body = encode_ids(ids, 401)
    assert decode_ids(form, body) == ids


def decode_ids(form: int, body: bytes) -> list[int]:
    if form == 1:
        return [i * 8 + bit for i, byte in enumerate(body) for bit in range(8) if byte >> bit & 1]
    values = decode_varints(body)
    ids: list[int] = []
    following = 0
    pairs = zip(values[::2], values[1::2], strict=True) if form == 2 else ((value, 0) for value in values)
    for gap, more in pairs:
        following += gap
        ids += range(following, following + more + 1)
        following += more + 1
    return ids


def decode_varints(body: bytes) -> list[int]:
    values, value, shift = [], 0, 0
    for byte in body:
        value |= (byte & 127) << shift
        shift += 7
        if byte < 128:
            values.append(value)
            value = shift = 0
    return values


@pytest.mark.parametrize("values", [[], [0, 127], [128, 3], [16_383, 16_384, 2**31]])
def test_numbers_are_read_back_as_they_were(values: list[int]) -> None:
    assert decode_varints(varints(values)) == values
    assert b"".join(map(varint, values)) == varints(values)


def test_every_kind_of_page_is_found_at_its_address() -> None:
    items = [
        make_program(),
        make_grant(),
        make_event(),
        make_notice(),
        make_story(),
        make_patent(),
        make_order(),
        make_place(),
    ]
    issue = make_back_issue()
    documents = {d.url: d for d in library_documents(make_library([*items, issue], on=ON))}
    assert {item.address for item in items} | {issue.address} == documents.keys()


def test_an_english_twin_is_found_in_english() -> None:
    item = make_program(english=Translation(title="Yorozu desk", body="**Free** advice"))
    english = [d for d in library_documents(make_library([item], on=ON)) if d.language == "en"]
    assert [(d.url, d.title, d.fields["text"]) for d in english] == [
        ("en/programs/yorozu/", "Yorozu desk", "Free  advice")
    ]


def test_an_application_not_laid_open_tells_its_register_entry_only() -> None:
    patent = make_patent(is_laid_open=False, is_granted=False, uses="秘密の用途", body="秘密の本文")
    (document,) = library_documents(make_library([patent], on=ON))
    assert "秘密" not in "".join(document.fields.values())
