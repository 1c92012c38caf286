"""Taking a subscription: the form, the limits, and the mail that asks its owner to confirm."""

from __future__ import annotations

import time
from collections.abc import Sequence
from dataclasses import dataclass

from starlette.background import BackgroundTask
from starlette.concurrency import run_in_threadpool
from starlette.datastructures import FormData
from starlette.requests import Request
from starlette.responses import Response

from generator import clock
from generator.errors import RefusedError
from generator.forms.client import visitor_network
from generator.forms.fields import FormReading
from generator.forms.page import REDRAW, language_of, root_of
from generator.forms.throttle import Limit
from generator.mail.address import MailAddress
from generator.mail.mailer import send_one
from generator.mail.message import Letter, Recipient
from generator.storage.database import writing
from newsletters.audience.model import Consent, SubscriptionState
from newsletters.desk import Desk
from newsletters.letters import LINK, confirm_letter, link_letter
from newsletters.links import MOUNT, confirm_url, manage_url

PER_MAILBOX = Limit("confirm-mailbox", 3, 86_400)
PER_NETWORK = Limit("confirm-network", 10, 3_600)
IN_ALL = Limit("confirm-all", 600, 3_600)
WORDING = {
    "ja": "選んだメールマガジンを、このアドレスへ配信することに同意します。配信はいつでも停止できます。",
    "en": "I agree to receive the newsletters chosen above at this address. I can stop them at any time.",
}
LATER = ("しばらくたってからお試しください", "Please try again later")
ASKED = ("確認のメールを送りました", "We have sent you a mail to confirm")
ASKED_MORE = (
    "メールのページを開き、ボタンを押すと登録が終わります。届かないときは、迷惑メールの箱もご覧ください。",
    "Open the page in the mail and press the button. If nothing arrives, look in your spam folder.",
)


@dataclass(frozen=True)
class Wish:
    """What somebody asked for in the form."""

    address: MailAddress
    newsletters: tuple[str, ...]
    topics: tuple[str, ...]
    language: str
    consent: Consent


async def subscribe(request: Request) -> Response:
    """Show the form, or take an address; the answer is the same for every address there is."""
    desk: Desk = request.app.state.desk
    if request.method != "POST":
        return _page(desk, request, FormReading({}), ())
    async with request.form(max_files=0, max_fields=40) as form:
        return await _take(desk, request, form)


async def _take(desk: Desk, request: Request, form: FormData) -> Response:
    language, network = language_of(request), visitor_network(request, desk.settings)
    offered = desk.offered(language)
    typed = {name: value for name, value in form.items() if isinstance(value, str)}
    chosen = [name for name in form.getlist("newsletter") if name in offered] or list(offered)[:1]
    picked = [str(topic) for topic in form.getlist("topic")]
    reading = FormReading(typed, language)
    if REDRAW in typed:
        return _page(desk, request, reading, (*chosen, *picked))
    ja = language == "ja"
    address = reading.address("address", label="メールアドレス" if ja else "Email address", required=True)
    if typed.get("agree") != "yes":
        reading.refuse("agree", "同意の欄に印を付けてください" if ja else "Please tick the box to agree")
    desk.pages.check_token(reading, "subscribe")
    if reading.errors or address is None:
        return _page(desk, request, reading, (*chosen, *picked))
    if not await desk.clerks.do(_allow_network, desk, network):
        return desk.message(request, LATER, status=429)
    answer = desk.message(request, ASKED, ASKED_MORE)
    if not typed.get("website"):  # only a program fills in what people do not see
        topics = [
            t for c in chosen for choice in offered[c].choices if choice.key in picked for t in choice.topics
        ]
        consent = Consent(int(time.time()), "web", WORDING[language], f"{MOUNT}/subscribe {network}")
        wish = Wish(address, tuple(chosen), tuple(map(str, topics)), language, consent)
        answer.background = BackgroundTask(_invite, desk, wish)
    return answer


def _page(desk: Desk, request: Request, reading: FormReading, picked: Sequence[str]) -> Response:
    language = language_of(request)
    values = {
        "offered": list(desk.offered(language).values()),
        "picked": picked,
        "form": reading.typed,
        "wording": WORDING[language],
        "action": f"{root_of(desk.settings).rstrip('/')}{MOUNT}/subscribe"
        + ("?lang=en" if language == "en" else ""),
    }
    title = "メールマガジンの登録" if language == "ja" else "Subscribe to our newsletters"
    return desk.pages.respond(request, "subscribe", title, values, errors=reading.errors)


def _allow_network(desk: Desk, network: str) -> bool:
    now = time.time()
    with writing(desk.audience.engine).begin() as connection:
        return desk.throttle.allow(connection, PER_NETWORK, network, now) and desk.throttle.allow(
            connection, IN_ALL, "", now
        )


async def _invite(desk: Desk, wish: Wish) -> None:
    """Store the wish and send the mail, after the answer has gone: nobody can tell addresses apart by time."""
    invited = await desk.clerks.do(_keep, desk, wish)
    if invited is not None:
        letter, recipient = invited
        await run_in_threadpool(send_one, desk.mailer, letter, recipient, folder="subscriptions")


def _keep(desk: Desk, wish: Wish) -> tuple[Letter, Recipient] | None:
    """Store the wish; return the mail that is due, or None when no mail may go there."""
    number, waiting = 0, []
    with writing(desk.audience.engine).begin() as connection:
        if not desk.throttle.allow(connection, PER_MAILBOX, wish.address.mailbox, time.time()):
            return None
        for name in wish.newsletters:
            try:
                number, state = desk.audience.enter(
                    connection, wish.address, name, wish.consent, topics=wish.topics, language=wish.language
                )
            except RefusedError:  # suppressed: not a word, to nobody
                continue
            if state is SubscriptionState.UNCONFIRMED:
                waiting.append(name)
    return _letter(desk, wish, number, tuple(waiting)) if number else None


def _letter(desk: Desk, wish: Wish, number: int, waiting: tuple[str, ...]) -> tuple[Letter, Recipient]:
    site, now = desk.settings.site_url, clock.now()
    if waiting:
        titles = tuple(desk.newsletters[name].title for name in waiting)
        link = confirm_url(site, desk.tokens, number, waiting)
        letter = confirm_letter(titles, wish.language, desk.settings, now)
    else:
        link = manage_url(site, desk.tokens, number)
        letter = link_letter(wish.language, desk.settings, now)
    identity = f"subscription-{number}-{int(now.timestamp() * 1000)}"
    return letter, Recipient(identity, wish.address.deliverable, {LINK: link})
