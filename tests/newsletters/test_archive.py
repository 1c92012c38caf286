"""The sample's back numbers in the repository: each is what was approved, and reads back byte for byte."""

from __future__ import annotations

import lzma
from pathlib import Path

import orjson
import pytest

from generator.content.model import BackIssue
from newsletters.issue.archive import back_issues, submissions
from newsletters.issue.frozen import frozen_path, load_approved, save_frozen

CONTENT = Path(__file__).parent.parent.parent / "content"
SENT = submissions(CONTENT)


def test_the_sample_holds_a_year_of_the_magazine_and_the_letter_in_two_languages() -> None:
    counts: dict[str, int] = {}
    for submission in SENT:
        counts[submission.newsletter] = counts.get(submission.newsletter, 0) + 1
    assert counts == {"magazine": 31, "overseas": 6, "overseas-en": 2}


@pytest.mark.parametrize("newsletter", ["magazine", "overseas", "overseas-en"])
def test_every_issue_that_went_out_is_rebuilt_from_the_repository_byte_for_byte(
    newsletter: str, tmp_path: Path
) -> None:
    for submission in SENT:
        if submission.newsletter == newsletter:
            path = frozen_path(CONTENT, newsletter, submission.issue_date)
            save_frozen(load_approved(path, submission.fingerprint), tmp_path / "again.xz")
            kept, again = (lzma.decompress(p.read_bytes()) for p in (path, tmp_path / "again.xz"))
            assert orjson.loads(again) == orjson.loads(kept), path.name
            assert again == kept, path.name


def test_an_english_issue_lies_on_the_english_site_and_tells_in_english() -> None:
    published, problems = back_issues(CONTENT, {}, {})
    assert problems == ()
    english: list[BackIssue] = [issue for issue in published if issue.language == "en"]
    assert [issue.address for issue in english] == [
        "en/newsletters/overseas-en/2023-10-10/",
        "en/newsletters/overseas-en/2023-11-14/",
    ]
    assert all('href="../../../../' in issue.body_html for issue in english)
    assert all("no longer on our site" in note for issue in english for note in issue.notes)
    assert all(issue.notes for issue in english)
