"""One mail for many people: headers that survive, bytes that repeat, nothing that breaks out."""

from __future__ import annotations

import email
import email.policy
from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from generator.errors import DataError
from generator.mail.address import parse_address
from generator.mail.message import Letter, Press, Recipient, Sender

AT = datetime(2023, 11, 22, 10, 0, tzinfo=UTC)
TAG = "%%k7f3:unsub%%"
URL = "https://example.jp/leave/" + "a" * 180
SENDER = Sender("mag@example.jp", "茨城の中小企業だより")


def letter(**change: object) -> Letter:
    values = {
        "sender": SENDER,
        "subject": "第30回 助成金の締切が近づいています",
        "text": f"こんにちは。\n.\n解除: {TAG}\n最後の行",
        "html": f'<p lang="ja">こんにちは = ok</p><a href="{TAG}">配信停止</a>',
        "at": AT,
    }
    return Letter(**(values | change))  # type: ignore[arg-type]


def person(number: int = 1, url: str = URL) -> Recipient:
    return Recipient(f"id{number}", f"p{number}@example.com", {TAG: url}, url, number)


def read(raw: bytes) -> email.message.EmailMessage:
    return email.message_from_bytes(raw, policy=email.policy.default)  # type: ignore[return-value]


def test_each_person_gets_their_own_link_in_both_parts_and_an_unbroken_header() -> None:
    raw = Press(letter(), (TAG,)).compose(person())
    message = read(raw)
    assert message["List-Unsubscribe"] == f"<{URL}>"
    assert f"List-Unsubscribe: <{URL}>\r\n".encode() in raw
    assert message["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
    assert f"解除: {URL}\n最後の行" in message.get_body(("plain",)).get_content().replace("\r\n", "\n")
    assert f'href="{URL}"' in message.get_body(("html",)).get_content()
    assert TAG not in message.as_string()


def test_the_same_letter_gives_the_same_bytes() -> None:
    assert Press(letter(), (TAG,)).compose(person()) == Press(letter(), (TAG,)).compose(person())


def test_a_message_is_seven_bit_with_short_body_lines_and_bare_newlines_nowhere() -> None:
    raw = Press(letter(html="<p>" + "あ" * 5000 + TAG + "</p>"), (TAG,)).compose(person())
    assert raw.isascii()
    assert b"\n" not in raw.replace(b"\r\n", b"")
    _, _, body = raw.partition(b"\r\n\r\n")
    assert max(map(len, body.split(b"\r\n"))) <= 78


@given(st.text(alphabet=st.characters(exclude_categories=["C", "Z"]), min_size=1, max_size=120))
def test_any_subject_comes_back_as_it_was_written(subject: str) -> None:
    raw = Press(letter(subject=subject), (TAG,)).compose(person())
    assert str(read(raw)["Subject"]).replace(" ", "") == subject


@given(st.text(alphabet=st.characters(exclude_categories=["Cs", "Cc"]), max_size=400), st.integers(1, 300))
def test_any_text_comes_back_with_the_link_in_its_place(text: str, length: int) -> None:
    url = "https://e.jp/" + "x=" * length
    raw = Press(letter(text=f"{text}{TAG}{text}", html=""), (TAG,)).compose(person(url=url))
    content = read(raw).get_payload(decode=True).decode()
    assert content == f"{text}{url}{text}"


@pytest.mark.parametrize("bad", ["a\r\nBcc: x@example.com", "a\nb", "a\0b", "x" * 1200])
def test_a_subject_cannot_break_out_of_its_header(bad: str) -> None:
    with pytest.raises(DataError):
        letter(subject=bad)


@pytest.mark.parametrize("name", ["To", "Bcc", "list-unsubscribe", "DKIM-Signature", "X Y", "X:Y", ""])
def test_headers_that_are_not_the_callers_are_refused(name: str) -> None:
    with pytest.raises(DataError):
        letter(headers=((name, "x"),))


@pytest.mark.parametrize(
    "value", ["javascript:alert(1)", "https://e.jp/<b>", "https://e.jp/\r\nX: y", "{{7*7}}", ""]
)
def test_only_addresses_of_pages_are_spliced(value: str) -> None:
    with pytest.raises(DataError):
        Recipient("id", "p@example.com", {TAG: value})


GOOD = {
    "taro@example.jp": "taro@example.jp",
    "Taro.Yamada+news@Example.JP": "Taro.Yamada+news@example.jp",
    "a..b@docomo.example.jp": '"a..b"@docomo.example.jp',
    ".a@docomo.example.jp": '".a"@docomo.example.jp',
    "a.@docomo.example.jp": '"a."@docomo.example.jp',
    "x@日本語.example": "x@xn--wgv71a119e.example",
    "ａ@ｅｘａｍｐｌｅ．jp": "a@example.jp",
    "  pad@example.jp  ": "pad@example.jp",
    "x@example.jp.": "x@example.jp",
}


@pytest.mark.parametrize(("given_text", "deliverable"), GOOD.items())
def test_addresses_that_people_really_have_are_read(given_text: str, deliverable: str) -> None:
    assert parse_address(given_text).deliverable == deliverable


def test_case_and_quotes_do_not_make_two_mailboxes() -> None:
    same = ["A..B@Example.jp", "a..b@example.JP", '"a..b"@example.jp']
    assert len({parse_address(text).mailbox for text in same}) == 1


CONTROLS = [
    chr(c) for c in [*range(32), 127, *range(128, 160), 0x200B, 0x200E, 0x202E, 0x2028, 0x2029, 0xFEFF]
]
HOSTILE = [
    *(f"a{c}b@example.jp" for c in CONTROLS),
    *(f"ab@exam{c}ple.jp" for c in CONTROLS),
    *(f"ab{c}x@example.jp" for c in ' ,;:<>()[]\\"'),
    *(f"ab@exa{c}mple.jp" for c in " ,;:<>()[]\\\"'!#$%&*+/=?^_`{|}~"),
    "", "@", "a@", "@example.jp", "a", "a@b", "a@b@", "a@.jp", "a@example..jp", "a@-x.jp", "a@x-.jp", "a@1.2.3.4",
    "a@[127.0.0.1]", "a@example.jp\r\nBcc: b@example.jp", "a@example.jp,b@example.jp", "a@example.jp;b@example.jp",
    "名前 <a@example.jp>", "山田@example.jp", "x" * 65 + "@example.jp", "x@" + "a" * 64 + ".jp",
    "x@" + ".".join(["abcdefgh"] * 40), "mailto:a@example.jp", "a@example.123", "a b@example.jp", "=cmd|' /C calc'!A0",
]  # fmt: skip


@pytest.mark.parametrize("text", HOSTILE)
def test_hostile_addresses_are_refused_without_being_repeated(text: str) -> None:
    with pytest.raises(DataError) as caught:
        parse_address(text)
    assert len(text) < 4 or text not in str(caught.value)


def test_there_are_at_least_two_hundred_hostile_addresses() -> None:
    assert len(set(HOSTILE)) >= 200
