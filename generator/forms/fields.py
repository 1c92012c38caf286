"""What people type into forms: cleaned, limited, and refused in plain words beside the field."""

from __future__ import annotations

import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass, field

from generator.errors import DataError
from generator.mail.address import MailAddress, parse_address

MAX_LINE = 200  # characters
MAX_TEXT = 4_000  # characters
_ALLOWED_CONTROLS = {"\n", "\t"}
_WORDS = {
    "ja": {
        "choose again": "{label}を選び直してください",
        "choose": "{label}を選んでください",
        "write": "{label}を書いてください",
        "controls": "{label}に使えない文字があります。打ち直してください",
        "long": "{label}は{longest}字までにしてください（今は{length}字）",
        "address": "{label}を taro@example.jp の形で書いてください",
    },
    "en": {
        "choose again": "{label}: please choose again",
        "choose": "{label}: please choose",
        "write": "{label}: please fill in",
        "controls": "{label}: there are characters that cannot be used. Please type it again",
        "long": "{label}: please use up to {longest} characters (now {length})",
        "address": "{label}: please write it like taro@example.jp",
    },
}


@dataclass(frozen=True, slots=True)
class FieldError:
    """One thing to mend in a form: beside which field, and what to do."""

    name: str
    message: str


@dataclass(slots=True)
class FormReading:
    """Reads a submitted form field by field; keeps what was typed and collects what must be mended."""

    typed: Mapping[str, str]
    language: str = "ja"
    errors: list[FieldError] = field(default_factory=list)

    def line(self, name: str, *, label: str, required: bool = False, longest: int = MAX_LINE) -> str:
        """Return one line of text without control characters."""
        return self._text(name, label, required=required, longest=longest, lines=False)

    def text(self, name: str, *, label: str, required: bool = False, longest: int = MAX_TEXT) -> str:
        """Return text of several lines; line ends become newlines."""
        return self._text(name, label, required=required, longest=longest, lines=True)

    def choice(self, name: str, *, label: str, allowed: Mapping[str, str], required: bool = False) -> str:
        """Return one of the allowed values."""
        value = self.typed.get(name, "").strip()
        if value and value not in allowed:
            self.refuse(name, self._say("choose again", label))
            return ""
        if required and not value:
            self.refuse(name, self._say("choose", label))
        return value

    def address(self, name: str, *, label: str, required: bool = False) -> MailAddress | None:
        """Return a mail address; None when there is none or it was refused."""
        written = self.line(name, label=label, required=required, longest=254)
        try:
            return parse_address(written) if written else None
        except DataError as error:
            mend = self._say("address", label)
            self.refuse(name, f"{error}。{mend}" if self.language == "ja" else mend)
            return None

    def refuse(self, name: str, message: str) -> None:
        """Note what is wrong with a field."""
        self.errors.append(FieldError(name, message))

    def _text(self, name: str, label: str, *, required: bool, longest: int, lines: bool) -> str:
        value = self.typed.get(name, "").replace("\r\n", "\n").replace("\r", "\n").strip()
        if has_controls(value, lines=lines):
            self.refuse(name, self._say("controls", label))
            return ""
        if len(value) > longest:
            self.refuse(name, self._say("long", label, longest=longest, length=len(value)))
        if required and not value:
            self.refuse(name, self._say("write", label))
        return value

    def _say(self, what: str, label: str, **numbers: int) -> str:
        return _WORDS[self.language][what].format(label=label, **numbers)


def has_controls(value: str, *, lines: bool = False) -> bool:
    """Say whether a text holds control, direction-override or unassigned characters that no form needs."""
    allowed = _ALLOWED_CONTROLS if lines else set()
    return any(
        (unicodedata.category(c) in {"Cc", "Cs", "Cn"} and c not in allowed)
        or c in "\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069\u2028\u2029"
        for c in value
    )
