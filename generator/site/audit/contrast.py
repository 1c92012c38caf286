"""Contrast of the style's own colour tokens, light and dark, by the WCAG formula."""

from __future__ import annotations

import re
from collections.abc import Iterator

from generator.site.audit.page import Finding

REQUIRED = 4.5
PAIRS = (
    ("ink", "paper"),
    ("ink", "wash"),
    ("muted", "paper"),
    ("muted", "wash"),
    ("link", "paper"),
    ("link", "wash"),
    ("on-head", "head"),
    ("on-accent", "accent"),
    ("open", "open-bg"),
    ("soon", "soon-bg"),
    ("planned", "planned-bg"),
    ("closed", "closed-bg"),
    ("stopped", "stopped-bg"),
)
"""Which token stands on which."""

_TOKEN = re.compile(r"--([\w-]+):\s*(#[0-9a-fA-F]{3,6})\b")
_DARK = re.compile(r"@media\s*\(prefers-color-scheme:\s*dark\)\s*\{\s*:root\s*\{(.*?)\}", re.DOTALL)
_LIGHT = re.compile(r":root\s*\{(.*?)\}", re.DOTALL)


def contrast_findings(path: str, css: str) -> Iterator[Finding]:
    """Yield every pair of tokens that is hard to read."""
    own = css[css.rfind("@layer material{") :] if "@layer material{" in css else css
    light = _tokens(own, _LIGHT, needed="--ink")
    dark = light | _tokens(own, _DARK, needed="--ink")
    for scheme, tokens in (("明", light), ("暗", dark)):
        for text, ground in PAIRS:
            if text not in tokens or ground not in tokens:
                yield Finding(path, "contrast", f"色の名前 {text} か {ground} がありません")
                continue
            ratio = contrast(tokens[text], tokens[ground])
            if ratio < REQUIRED:
                yield Finding(
                    path, "contrast", f"{scheme}: {text} と {ground} の差は {ratio:.2f} です（4.5 以上）"
                )


def contrast(first: str, second: str) -> float:
    """Return the contrast ratio of two colours (#rgb or #rrggbb): 1 to 21."""
    light, dark = sorted((_luminance(first), _luminance(second)), reverse=True)
    return (light + 0.05) / (dark + 0.05)


def _tokens(css: str, block: re.Pattern[str], *, needed: str) -> dict[str, str]:
    for found in block.finditer(css):
        if needed in found[1]:
            return dict(_TOKEN.findall(found[1]))
    return {}


def _luminance(colour: str) -> float:
    digits = colour.lstrip("#")
    if len(digits) == 3:
        digits = "".join(c * 2 for c in digits)
    channels = [int(digits[i : i + 2], 16) / 255 for i in (0, 2, 4)]
    linear = [c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in channels]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]
