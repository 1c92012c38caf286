"""What people type into forms: cleaned, limited, and refused in plain words beside the field."""

from __future__ import annotations

import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass, field

MAX_LINE = 200  # characters
MAX_TEXT = 4_000  # characters
_ALLOWED_CONTROLS = {"\n", "\t"}


@dataclass(frozen=True, slots=True)
class FieldError:
    """One thing to mend in a form: beside which field, and what to do."""

    name: str
    message: str


@dataclass(slots=True)
class FormReading:
    """Reads a submitted form field by field; keeps what was typed and collects what must be mended."""

    typed: Mapping[str, str]
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
            self.refuse(name, f"{label}を選び直してください")
            return ""
        if required and not value:
            self.refuse(name, f"{label}を選んでください")
        return value

    def refuse(self, name: str, message: str) -> None:
        """Note what is wrong with a field."""
        self.errors.append(FieldError(name, message))

    def _text(self, name: str, label: str, *, required: bool, longest: int, lines: bool) -> str:
        value = self.typed.get(name, "").replace("\r\n", "\n").replace("\r", "\n").strip()
        if has_controls(value, lines=lines):
            self.refuse(name, f"{label}に使えない文字があります。打ち直してください")
            return ""
        if len(value) > longest:
            self.refuse(name, f"{label}は{longest}字までにしてください（今は{len(value)}字）")
        if required and not value:
            self.refuse(name, f"{label}を書いてください")
        return value


def has_controls(value: str, *, lines: bool = False) -> bool:
    """Say whether a text holds control, direction-override or unassigned characters that no form needs."""
    allowed = _ALLOWED_CONTROLS if lines else set()
    return any(
        (unicodedata.category(c) in {"Cc", "Cs", "Cn"} and c not in allowed)
        or c in "\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069\u2028\u2029"
        for c in value
    )
