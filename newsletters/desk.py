"""What the handlers of the subscribers' door share: made once, never changed."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from starlette.requests import Request
from starlette.responses import Response

from generator.forms.clerks import Clerks
from generator.forms.page import FormPages, language_of
from generator.forms.throttle import Throttle
from generator.forms.tokens import Tokens, keys_of
from generator.mail.choice import open_mailer
from generator.mail.mailer import Mailer
from generator.settings import Settings
from newsletters.audience.store import Audience, open_audience
from newsletters.declaration import Newsletter, load_newsletters
from newsletters.tables import throttle


@dataclass(frozen=True)
class Desk:
    """The form pages, the newsletters there are, the audience, and who does the slow work."""

    settings: Settings
    pages: FormPages
    newsletters: Mapping[str, Newsletter]
    audience: Audience
    mailer: Mailer
    tokens: Tokens
    throttle: Throttle
    clerks: Clerks

    def offered(self, language: str) -> dict[str, Newsletter]:
        """Return the newsletters of the page's language."""
        return {name: letter for name, letter in self.newsletters.items() if letter.language == language}

    def message(
        self,
        request: Request,
        title: tuple[str, str],
        more: tuple[str, str] = ("", ""),
        *,
        status: int = 200,
        button: tuple[str, str] = ("", ""),
        to_form: tuple[str, str] = ("", ""),
    ) -> Response:
        """Answer with one sentence, in Japanese or English; a button posts to the page's own address.

        ``to_form`` are the words of a link to the form, in place of the one to the home page.
        """
        chosen = 0 if language_of(request) == "ja" else 1
        values = {
            "sentences": [more[chosen]] if more[chosen] else [],
            "action": f"{request.url.path}?{request.url.query}" if button[chosen] else "",
            "button": button[chosen],
        }
        if to_form[chosen]:
            values |= {
                "back": ("mail/subscribe", "mail/subscribe?lang=en")[chosen],
                "back_title": to_form[chosen],
            }
        return self.pages.respond(request, "message", title[chosen], values, status=status)


def open_desk(settings: Settings) -> Desk:
    """Make the desk of a project; raises ``SettingsError`` when a key is missing."""
    keys, audience = keys_of(settings), open_audience(settings)
    return Desk(
        settings,
        FormPages(settings),
        {letter.name: letter for letter in load_newsletters(settings)},
        audience,
        open_mailer(settings),
        Tokens(keys),
        Throttle(throttle, keys[0].get_secret_value().encode()),
        Clerks(audience.engine),
    )
