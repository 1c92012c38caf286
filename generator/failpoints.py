"""Named places where a process can be made to die, for the fault suite: nothing in a normal run.

``KOHO_FAILPOINT=claim-committed`` kills the process (SIGKILL, no clean-up) the first time it gets to that place,
``claim-committed:3`` the third time. The variable is read once, when the process starts; without it ``reach`` is a
function without a body.
"""

from __future__ import annotations

import os
import signal
from collections.abc import Callable

NAMES = (
    "claim-begun",
    "claim-committed",
    "before-connect",
    "headers-sent",
    "half-body",
    "body-sent",
    "before-status",
    "accepted-uncommitted",
    "accepted-committed",
    "split-begun",
    "cancel-sent",
    "finish-begun",
)
EVENT_NAMES = ("event-verified", "event-stored", "event-committed")


class _Armed:
    def __init__(self, spec: str) -> None:
        self.name, _, count = spec.partition(":")
        self.left = int(count or 1)

    def __call__(self, name: str) -> None:
        if name != self.name:
            return
        self.left -= 1
        if self.left == 0:
            os.kill(os.getpid(), signal.SIGKILL)


def _nothing(_name: str) -> None:
    return


_SPEC = os.environ.get("KOHO_FAILPOINT", "")
reach: Callable[[str], None] = _Armed(_SPEC) if _SPEC else _nothing
