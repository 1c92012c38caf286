"""The security rules of sending and of the doors, each with the tests that prove it; a test that is renamed is missed here.

S20 (free SQL in segments) needs no test: there are no segments, a subscriber's choice is a set of topics.
"""

from __future__ import annotations

import ast
from pathlib import Path

import pytest

TESTS = Path(__file__).parent
WEB, CROWDS, EVENTS = (
    "newsletters/test_web.py",
    "newsletters/test_crowds.py",
    "newsletters/delivery/test_events.py",
)
AUDIENCE, APPROVAL, MESSAGE = (
    "newsletters/audience/test_store.py",
    "newsletters/test_approval.py",
    "generator/mail/test_message.py",
)
TOKENS, FRONT, SENDGRID = (
    "generator/forms/test_tokens.py",
    "browser/test_front.py",
    "generator/mail/test_sendgrid.py",
)
FETCH, ENTRIES = "generator/feeds/test_fetch.py", "generator/feeds/test_entries.py"
RULES = {
    "S1 looking changes nothing": [(CROWDS, "test_ten_thousand_looks_at_every_link_change_no_row")],
    "S2 one click without cookie, login, redirect": [
        (WEB, "test_one_click_leaves_at_once_without_cookie_or_redirect"),
        (FRONT, "test_the_one_click_post_arrives_as_it_was_sent"),
    ],
    "S3 both headers on bulk mail": [
        (MESSAGE, "test_each_person_gets_their_own_link_in_both_parts_and_an_unbroken_header"),
        (SENDGRID, "test_each_person_has_their_own_personalization_and_no_promise_is_broken"),
    ],
    "S4 no dummy way to leave": [(WEB, "test_a_confirmation_carries_no_way_to_leave_what_was_never_begun")],
    "S5 tokens by purpose": [
        (TOKENS, "test_a_token_serves_its_own_purpose_only"),
        (TOKENS, "test_every_changed_bit_is_refused"),
        (CROWDS, "test_no_bent_link_opens_anything"),
    ],
    "S6 lifetimes": [
        (TOKENS, "test_an_old_confirmation_has_expired"),
        (WEB, "test_a_confirmation_is_good_for_once"),
        (CROWDS, "test_the_way_out_of_an_old_mail_works_after_two_rotations"),
    ],
    "S7 nobody learns who subscribes": [
        (WEB, "test_nobody_learns_who_subscribes"),
        (CROWDS, "test_known_unknown_and_suppressed_addresses_get_the_same_answer_to_the_byte"),
    ],
    "S8 limits on mails to confirm": [(CROWDS, "test_a_flood_stops_at_its_limit")],
    "S9 proxies": [
        ("generator/forms/test_guard.py", "test_a_visitor_is_believed_from_trusted_proxies_only"),
        (CROWDS, "test_a_spoofed_network_is_not_believed_without_a_proxy"),
    ],
    "S10 signature over raw bytes": [
        (EVENTS, "test_a_body_that_was_touched_anywhere_is_refused"),
        (EVENTS, "test_a_huge_body_is_refused_unread"),
    ],
    "S11 stored before the answer": [
        ("faults/test_webhook.py", "test_a_kill_between_signature_store_and_answer_loses_and_doubles_nothing")
    ],
    "S12 replay": [(EVENTS, "test_a_signed_body_is_stored_before_it_is_answered")],
    "S13 S14 copies are one, counts are sets": [(EVENTS, "test_forty_six_shuffled_copies_count_once")],
    "S15 facts only add up": [(EVENTS, "test_five_events_in_any_order_come_to_one_end")],
    "S16 addresses": [(MESSAGE, "test_hostile_addresses_are_refused_without_being_repeated")],
    "S17 headers": [(MESSAGE, "test_headers_that_are_not_the_callers_are_refused")],
    "S18 S19 words of visitors stay words": [
        ("journeys/test_hostile.py", "test_hostile_words_stay_words_from_the_form_to_the_list"),
        (MESSAGE, "test_only_addresses_of_pages_are_spliced"),
    ],
    "S21 approval": [
        (APPROVAL, "test_an_author_cannot_approve_the_own_issue"),
        (APPROVAL, "test_one_byte_changed_anywhere_in_the_frozen_file_makes_an_issue_unsendable"),
    ],
    "S22 test sends": [("journeys/test_magazine_desk.py", "test_a_test_mail_goes_to_the_allowed_only")],
    "S23 scopes of the provider's key": [
        ("generator/operation/test_provider_key.py", "test_a_key_may_send_and_cancel_and_nothing_else")
    ],
    "S24 no person in a log": [
        ("journeys/test_door_process.py", "test_a_door_lives_gets_ready_counts_and_logs_no_person"),
        (FRONT, "test_a_reader_comes_in_through_nginx"),
    ],
    "S25 cells are no formulas": [("generator/registrations/test_store.py", "test_a_cell_is_never_a_formula")],
    "S26 no key on a page": [("generator/site/audit/test_page.py", "test_a_breach_is_found")],
    "S27 no open redirect": [(WEB, "test_no_door_leads_elsewhere")],
    "S28 no tracking": [(SENDGRID, "test_each_person_has_their_own_personalization_and_no_promise_is_broken")],
    "S29 feeds reach no inner address": [
        (FETCH, "test_an_inner_address_is_never_connected_to"),
        (FETCH, "test_a_name_that_turns_inward_after_the_check_is_still_connected_to_the_checked_address"),
        (FETCH, "test_a_gzip_bomb_is_left_after_its_first_megabytes"),
    ],
    "S30 markup of feeds": [(ENTRIES, "test_only_words_are_left_of_markup")],
    "S31 a feed sends nothing": [
        ("generator/feeds/test_review.py", "test_an_entry_goes_from_the_network_to_the_repository_by_a_persons_word")
    ],
    "S32 records of consent": [(WEB, "test_the_record_of_a_consent_outlives_leaving")],
    "S33 erasure keeps refusing": [(AUDIENCE, "test_forgetting_leaves_a_hash_that_still_refuses_the_next_import")],
}  # fmt: skip


@pytest.mark.parametrize("rule", RULES)
def test_a_rule_has_its_tests(rule: str) -> None:
    for file, name in RULES[rule]:
        tree = ast.parse((TESTS / file).read_text(encoding="utf-8"))
        assert name in {node.name for node in ast.walk(tree) if isinstance(node, ast.FunctionDef)}, file
