"""Building the index: what is equal is left alone, and one changed company touches only its own files."""

from __future__ import annotations

import shutil
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from generator.content.library import make_library
from generator.content.model import Translation
from generator.search import amendment, shards, state
from generator.search.columns.decoding import decode_ids, split
from generator.search.columns.division import frequent_places
from generator.search.columns.encoding import Encoded, encode_ids
from generator.search.columns.varints import numbers_of, varint, varints
from generator.search.columns.windows import shard_place
from generator.search.document import SearchDocument
from generator.search.index import IndexReport, update_index
from generator.search.library_documents import library_documents
from generator.search.packing import unpack
from generator.search.source import SearchChanges, SearchSource
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
from tests.generator.search.test_browser_half import build, make_documents


def contents(folder: Path) -> dict[str, bytes]:
    return {p.relative_to(folder).as_posix(): p.read_bytes() for p in folder.rglob("*") if p.is_file()}


def test_the_same_documents_write_nothing(tmp_path: Path) -> None:
    build(tmp_path, make_documents(120))
    assert build(tmp_path, make_documents(120)).written == 0


def test_two_builds_of_the_same_documents_are_equal(tmp_path: Path) -> None:
    build(tmp_path / "a", make_documents(120))
    build(tmp_path / "b", make_documents(120))
    assert contents(tmp_path / "a/index") == contents(tmp_path / "b/index")


def test_one_changed_company_rewrites_only_its_files(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(shards, "TARGET_BYTES", 150)
    documents = make_documents(400)
    build(tmp_path, documents)
    before = contents(tmp_path / "index/ja")
    changed = replace(documents[7], fields={**documents[7].fields, "text": "溶射を始めました"})
    report = build(tmp_path, [changed], gone=())
    after = contents(tmp_path / "index/ja")
    touched = {name for name in after if after[name] != before.get(name)}
    assert (report.changed, report.written) == (1, len(touched))
    assert len([name for name in touched if name.startswith("r/")]) == 1
    assert [name for name in touched if name.startswith(("f/", "o/"))] == []
    all_shards = [name for name in after if name.startswith("s/")]
    assert 0 < len([name for name in touched if name.startswith("s/")]) < len(all_shards) / 2


def lists(folder: Path) -> dict[tuple[int, int], Encoded]:
    """Return every list, wherever the shards are cut."""
    found = {}
    for path in (folder / "index/ja/s").glob("*.w"):
        lists, places = (unpack(path.with_suffix(end).read_bytes()) for end in (".w", ".p"))
        _, _, part = path.stem.partition("-")
        found |= {(one.gram, one.part): one for one in split(lists, places, int(part, 16) + 1 if part else 0)}
    return found


@pytest.mark.parametrize("divide", [False, True])
def test_an_index_brought_up_to_date_is_the_one_made_anew(
    tmp_path: Path, divide: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    old = make_documents(300)
    new = [*old]
    for number in (3, 77, 290):  # what is shown first stays, so that both number the documents alike
        text = new[number - 1].fields["text"] + "\n" + new[number].fields["text"][::-1]
        new[number] = replace(new[number], fields={**new[number].fields, "text": text})
    places = {shard_place(gram) for gram, _ in lists(build_in(tmp_path / "old", old))} if divide else set()
    monkeypatch.setattr(shards, "frequent_places", lambda rows, _: [*{*frequent_places(rows, 0)} & places])
    build_in(tmp_path / "old", old)
    build(tmp_path / "old", [new[number] for number in (3, 77, 290)], gone=())
    found = lists(build_in(tmp_path / "new", new))
    assert lists(tmp_path / "old") == found
    assert any(part for _, part in found) is divide


def build_in(folder: Path, documents: list[SearchDocument]) -> Path:
    """Build from nothing."""
    shutil.rmtree(folder, ignore_errors=True)
    build(folder, documents)
    return folder


def test_companies_that_come_and_go_keep_the_numbers_of_the_others(tmp_path: Path) -> None:
    documents = make_documents(200)
    build(tmp_path, documents[:190])
    before = contents(tmp_path / "index/ja/r")
    build(tmp_path, documents[5:])
    after = contents(tmp_path / "index/ja/r")
    assert len([name for name in before if after.get(name) == before[name]]) > 80
    report = build(tmp_path, documents[195:], gone=("companies/0194",))
    assert (report.documents, report.changed) == (194, 1)


def test_an_interrupted_build_is_begun_anew(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    documents = make_documents(60)
    build(tmp_path, documents)
    monkeypatch.setattr(amendment, "write_root", interrupt)
    with pytest.raises(KeyboardInterrupt):
        build(tmp_path, [replace(documents[0], title="改めた名")], gone=())
    monkeypatch.undo()
    asked: list[str | None] = []

    def since(mark: str | None) -> SearchChanges:
        asked.append(mark)
        return SearchChanges(documents, whole=True)

    report = update_index(
        [SearchSource("test", "x", since)], tmp_path / "index", state_dir=tmp_path / "state"
    )
    assert (asked, report.changed) == ([None], 60)


def interrupt(*_: object, **__: object) -> None:
    raise KeyboardInterrupt


def test_other_rules_of_comparing_make_the_index_anew(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    source = SearchSource("test", "same", lambda _: SearchChanges(make_documents(20), whole=True))

    def run() -> int:
        return update_index([source], tmp_path / "index", state_dir=tmp_path / "state").changed

    assert (run(), run()) == (20, 0)
    monkeypatch.setattr(state, "rules_mark", lambda: "other")
    assert (run(), run()) == (20, 0)


def test_a_broken_state_is_begun_anew(tmp_path: Path) -> None:
    build(tmp_path, make_documents(20))
    (tmp_path / "state/ja.sqlite").write_bytes(b"SQLite format 3\0 and then nothing of it")
    assert build(tmp_path, make_documents(20)).changed == 20


def test_a_source_is_asked_only_when_its_mark_changed(tmp_path: Path) -> None:
    asked: list[str] = []

    def source(name: str, mark: str) -> SearchSource:
        def since(_: str | None) -> SearchChanges:
            asked.append(name)
            documents = [one for one in make_documents(20) if (one.key < "companies/0010") is (name == "a")]
            return SearchChanges(documents, whole=True)

        return SearchSource(name, mark, since)

    def run(*sources: SearchSource) -> IndexReport:
        asked.clear()
        return update_index(sources, tmp_path / "index", state_dir=tmp_path / "state")

    run(source("a", "1"), source("b", "1"))
    assert asked == ["a", "b"]
    assert (run(source("a", "1"), source("b", "2")).written, asked) == (0, ["b"])
    assert (run(source("a", "1"), source("b", "2")), asked) == (IndexReport(), [])
    assert run(source("a", "1")).documents == 10


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
    form, *body = encode_ids(ids, 401)
    assert decode_ids(form, bytes(body), len(ids)).tolist() == ids


@pytest.mark.parametrize("values", [[0], [0, 127], [128, 3], [16_383, 16_384, 2**31]])
def test_numbers_are_read_back_as_they_were(values: list[int]) -> None:
    assert numbers_of(varints(np.array(values))).tolist() == values
    assert b"".join(map(varint, values)) == varints(np.array(values))


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
