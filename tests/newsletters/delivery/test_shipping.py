"""What was made beforehand is used only for the very person and address that was claimed."""

from __future__ import annotations

from pydantic import SecretStr

from generator.forms.tokens import Tokens
from newsletters.audience.keyring import make_keyring
from newsletters.delivery.claim import Claim
from newsletters.delivery.recheck import Person
from newsletters.delivery.shipping import Packer
from tests.faults.world import SECRET, make_issue

ISSUE = make_issue()


def packer() -> Packer:
    return Packer(ISSUE, "https://e.jp/", Tokens([SecretStr(SECRET)]), make_keyring(b"k"))


def claim_of(*people: Person) -> Claim:
    return Claim(5, 1, ISSUE.key, ISSUE.newsletter, 0, 9, 1, people, "", 0)


def test_an_address_that_changed_since_it_was_foreseen_is_the_new_one() -> None:
    ours = packer()
    ours.foresee([Person(1, "old@example.com"), Person(2, "same@example.com"), Person(3, "left@example.com")])
    claimed = Person(1, "new@example.com"), Person(2, "same@example.com")
    sent = ours.shipment(claim_of(*claimed), 0).recipients
    assert [person.address for person in sent] == ["new@example.com", "same@example.com"]


def test_what_was_foreseen_is_what_would_have_been_made_now() -> None:
    ours, person = packer(), Person(7, "p7@example.com")
    ours.foresee([person])
    assert ours.shipment(claim_of(person), 0).recipients[0].delivery_id == (
        packer().shipment(claim_of(person), 0).recipients[0].delivery_id
    )


def test_a_person_of_a_request_is_shown_without_the_address() -> None:
    assert "@" not in f"{claim_of(Person(7, 'p7@example.com'))}"
