"""The next issue as a few sample subscribers would get it: files in the outbox, so that everybody can look."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from generator.errors import RefusedError
from generator.mail.mailer import Mailer, Shipment
from generator.mail.message import Letter, Recipient, Sender
from generator.settings import Settings
from newsletters.declaration import Newsletter
from newsletters.issue.frozen import ALL
from newsletters.issue.model import Issue
from newsletters.issue.rendering import Face, Marks

SAMPLE_ADDRESSES = ("reader-1@example.jp", "reader-2@example.jp", "reader-3@example.jp")


@dataclass(frozen=True, slots=True)
class Sample:
    """What is needed to make a letter of a face that is not frozen yet."""

    issue: Issue
    newsletter: Newsletter
    settings: Settings
    marks: Marks
    at: datetime


def submit_sample(
    sample: Sample, faces: Mapping[str, Face], addresses: tuple[str, ...], mailer: Mailer
) -> int:
    """Submit one mail per address; each gets another variant in turn. Return how many were accepted."""
    keys = [ALL, *(key for key in faces if key != ALL and "+" not in key)]
    folder = f"{sample.issue.newsletter}-{sample.issue.issue_date}"
    for number, address in enumerate(addresses, 1):
        face = faces.get(keys[(number - 1) % len(keys)]) or next(iter(faces.values()))
        outcome = mailer.submit(
            Shipment(_letter(sample, face), (_recipient(sample, number, address),), folder=folder)
        )
        if outcome.kind != "accepted":
            raise RefusedError(f"見本 {number}: メールを渡せませんでした（{outcome.reason}）")
    return len(addresses)


def _letter(sample: Sample, face: Face) -> Letter:
    sender = sample.newsletter.sender
    return Letter(
        sender=Sender(sender.address, sender.name),
        reply_to=Sender(sender.reply_to),
        subject=face.subject,
        text=face.text,
        html=face.html,
        at=sample.at,
        headers=(("Content-Language", sample.newsletter.language),),
    )


def _recipient(sample: Sample, number: int, address: str) -> Recipient:
    """A sample's links lead to the site's front door: nobody can be unsubscribed by them."""
    home = sample.settings.site_url
    return Recipient(
        delivery_id=f"sample-{number}",
        address=address,
        values={
            sample.marks.unsubscribe: f"{home}newsletters/unsubscribe/sample",
            sample.marks.manage: f"{home}newsletters/preferences/sample",
        },
        number=number,
    )
