from pathlib import Path

import pytest

from generator.site import manifest
from generator.site.manifest import read_manifest, sync_folder


def tree(folder: Path) -> dict[str, bytes]:
    return {p.relative_to(folder).as_posix(): p.read_bytes() for p in folder.rglob("*") if p.is_file()}


def test_only_what_changed_is_written(tmp_path: Path) -> None:
    site, known = tmp_path / "site", tmp_path / "site.json"
    sync_folder(site, {"a/index.html": b"1", "b/index.html": b"1"}, known)
    before = (site / "a/index.html").stat().st_mtime_ns
    report = sync_folder(site, {"a/index.html": b"1", "b/index.html": b"2"}, known)
    assert report.written == ("b/index.html",)
    assert report.unchanged == 1
    assert (site / "a/index.html").stat().st_mtime_ns == before


def test_what_is_gone_is_pruned_with_its_empty_folder(tmp_path: Path) -> None:
    site, known = tmp_path / "site", tmp_path / "site.json"
    sync_folder(site, {"a/index.html": b"1", "b/index.html": b"1"}, known)
    report = sync_folder(site, {"a/index.html": b"1"}, known)
    assert report.removed == ("b/index.html",)
    assert not (site / "b").exists()


def test_files_of_others_are_left_alone(tmp_path: Path) -> None:
    site, known = tmp_path / "site", tmp_path / "site.json"
    sync_folder(site, {"index.html": b"1"}, known)
    (site / "companies").mkdir()
    (site / "companies/index.html").write_bytes(b"theirs")
    sync_folder(site, {}, known)
    assert tree(site) == {"companies/index.html": b"theirs"}


def test_a_file_deleted_by_hand_comes_back(tmp_path: Path) -> None:
    site, known = tmp_path / "site", tmp_path / "site.json"
    sync_folder(site, {"index.html": b"1"}, known)
    (site / "index.html").unlink()
    assert sync_folder(site, {"index.html": b"1"}, known).written == ("index.html",)


@pytest.mark.parametrize("stop_after", range(5))
def test_an_interruption_leaves_whole_files_and_the_next_run_completes(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, stop_after: int
) -> None:
    site, known = tmp_path / "site", tmp_path / "site.json"
    old = {f"{n}.html": b"old" for n in range(4)} | {"gone.html": b"old"}
    new = {f"{n}.html": b"new" for n in range(1, 5)}
    sync_folder(site, old, known)
    writes = iter(range(100))
    real = manifest.write_file

    def breaking(path: Path, content: bytes) -> None:
        if next(writes) == stop_after:
            raise KeyboardInterrupt
        real(path, content)

    monkeypatch.setattr(manifest, "write_file", breaking)
    with pytest.raises(KeyboardInterrupt):
        sync_folder(site, new, known)
    monkeypatch.undo()
    assert all(content in (b"old", b"new") for content in tree(site).values())
    sync_folder(site, {"only.html": b"1"}, known)
    assert tree(site) == {"only.html": b"1"}


def test_a_broken_manifest_means_that_nothing_is_known(tmp_path: Path) -> None:
    (tmp_path / "site.json").write_bytes(b"{broken")
    assert read_manifest(tmp_path / "site.json") == {}
