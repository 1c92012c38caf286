"""What a door says when it cannot take a request: what happened and what to do now, in both languages."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace

from starlette.requests import Request
from starlette.responses import Response

MEGABYTE = 1024 * 1024
Refuse = Callable[[Request, int, int], Response]
"""Makes the answer for a request, a status and the most octets that the door takes."""


@dataclass(frozen=True, slots=True)
class Refusal:
    """A title, and sentences that may name the ``{limit}``, each in Japanese and English."""

    title: tuple[str, str]
    sentences: tuple[tuple[str, str], ...]


UNREADABLE = Refusal(
    ("送られた内容を読めませんでした", "We could not read what was sent"),
    (
        (
            "フォームを開き直して、もう一度お送りください。",
            "Please open the form again and send it once more.",
        ),
    ),
)
FAILED = Refusal(
    ("ただいま受け付けられません", "Something went wrong on our side"),
    (
        (
            "しばらくたってから、もう一度お試しください。お急ぎのときはお電話ください。",
            "Please try again later, or call us if it is urgent.",
        ),
    ),
)
REFUSALS: Mapping[int, Refusal] = {
    403: Refusal(
        ("このページからは受け取れません", "We cannot take this from another site"),
        (
            (
                "ほかのサイトから送られた内容は受け取らないようにしています。このサイトのページを開き直して、そこから送ってください。",
                "We take only what is sent from our own pages. Please open our page again and send it from there.",
            ),
        ),
    ),
    404: Refusal(
        ("ページが見つかりません", "This page does not exist"),
        (
            (
                "アドレスが途中で切れていないか、ご確認ください。メールのリンクは、最後まで写してください。",
                "Please check that the address is complete. A link from a mail must be copied to its end.",
            ),
        ),
    ),
    405: Refusal(
        ("このアドレスは、そのままでは使えません", "This address cannot be used like this"),
        (("ページを開き直してください。", "Please open the page again."),),
    ),
    413: Refusal(
        ("送られた内容が大きすぎます", "What was sent is too large"),
        (
            (
                "一度に送れるのは{limit}までです。何も保存されていません。",
                "Up to {limit} can be sent at once. Nothing was stored.",
            ),
            (
                "ブラウザーの「戻る」で前のページに戻ると、書いた内容が残っています。",
                "Go back with your browser: what you wrote is still there.",
            ),
            ("文章を短くして、もう一度お送りください。", "Please shorten the text and send it again."),
        ),
    ),
}
MANY_PHOTOS = replace(
    REFUSALS[413],
    sentences=(
        *REFUSALS[413].sentences[:2],
        (
            "写真を小さくするか、一枚ずつに分けて、もう一度お送りください。",
            "Please make the photos smaller, or send them one by one.",
        ),
    ),
)


def refusal_of(status: int, limit: int) -> Refusal:
    """Return the words for a status; a door that takes megabytes takes photos."""
    if status == 413 and limit >= MEGABYTE:
        return MANY_PHOTOS
    return REFUSALS.get(status, FAILED if status >= 500 else UNREADABLE)


def size_words(octets: int) -> str:
    """Write a size as people say it: ``64KB``, ``40MB``."""
    megabytes = octets // MEGABYTE
    return f"{megabytes}MB" if megabytes else f"{octets // 1024}KB"
