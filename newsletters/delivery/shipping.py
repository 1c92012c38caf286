"""Makes the shipments of one issue: its letters once, and for each person links, marks and the delivery id."""

from __future__ import annotations

from collections.abc import Iterable

from generator.forms.tokens import Tokens
from generator.mail.mailer import Shipment
from generator.mail.message import Letter, Recipient, Sender
from newsletters.audience.keyring import Keyring
from newsletters.delivery.claim import Claim
from newsletters.delivery.recheck import Person
from newsletters.delivery.resolve import mark_of
from newsletters.issue.frozen import FrozenIssue, FrozenVariant
from newsletters.links import manage_url, unsubscribe_url

NOBODY = 0
"""The number of the canary, which no reader has."""

_NOT_OURS = {"list-unsubscribe", "list-unsubscribe-post", "from", "reply-to", "subject", "date", "message-id"}


class Packer:
    """What of a request does not depend on the moment may be made beforehand (``foresee``)."""

    def __init__(self, issue: FrozenIssue, site_url: str, tokens: Tokens, keyring: Keyring) -> None:
        self._issue, self._site_url, self._tokens, self._keyring = issue, site_url, tokens, keyring
        self._key, self._keys = issue.key, sorted(issue.variants)
        self._letters: dict[int, Letter] = {}
        self._foreseen: dict[Person, Recipient] = {}
        variants = issue.variants.values()
        self._manage = any(issue.manage_mark in text for v in variants for text in (v.html, v.text))

    def foresee(self, people: Iterable[Person]) -> None:
        """Make ids and links of people who will probably be next, while an answer is waited for."""
        self._foreseen = {person: self._recipient(person) for person in people}

    def shipment(self, claim: Claim, now: int) -> Shipment:
        """Return the request of one claim."""
        foreseen = self._foreseen
        people = [foreseen.get(person) or self._recipient(person) for person in claim.people]
        marks = {"issue": claim.issue, "chunk": mark_of(claim.chunk_id, claim.attempt)}
        send_at = claim.send_at if claim.send_at > now + 60 else 0
        batch_id = claim.batch_id if send_at else ""
        return Shipment(self._letter(claim.variant), tuple(people), marks, claim.issue, send_at, batch_id)

    def canary(self, address: str, position: int) -> Shipment:
        """Return the copy to our own mailbox, in a request of its own."""
        person = self._recipient(Person(NOBODY, address))
        marks = {"issue": self._issue.key, "chunk": mark_of(NOBODY, position)}
        return Shipment(self._letter(0), (person,), marks, self._issue.key)

    def _recipient(self, person: Person) -> Recipient:
        issue, site, tokens, number = self._issue, self._site_url, self._tokens, person.id
        leave = unsubscribe_url(site, tokens, number, issue.newsletter, self._key)
        values = {issue.unsubscribe_mark: leave}
        if self._manage:
            values[issue.manage_mark] = manage_url(site, tokens, number)
        delivery_id = self._keyring.delivery_id(self._key, number)
        return Recipient(delivery_id, person.deliverable, values, leave, number)

    def _letter(self, variant: int) -> Letter:
        if variant not in self._letters:
            self._letters[variant] = _letter_of(self._issue, self._issue.variants[self._keys[variant]])
        return self._letters[variant]


def _letter_of(issue: FrozenIssue, variant: FrozenVariant) -> Letter:
    headers = tuple((k, v) for k, v in issue.headers.items() if k.lower() not in _NOT_OURS)
    reply_to = Sender(issue.reply_to) if issue.reply_to else None
    sender = Sender(issue.sender_address, issue.sender_name)
    return Letter(sender, variant.subject, variant.text, variant.html, issue.submit_at, reply_to, headers)
