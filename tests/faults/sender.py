"""The process that is killed: loads everything once, then forks one real sender for each command on its input."""

from __future__ import annotations

import os
import resource
import signal
import sys
import time
import traceback
from dataclasses import replace
from pathlib import Path

from pydantic import SecretStr
from sqlalchemy import event

from generator import failpoints
from generator.forms.tokens import Tokens
from generator.mail.sendgrid import SendGridMailer
from generator.settings import Settings
from generator.storage.database import open_database
from newsletters.audience.keyring import load_keyring
from newsletters.delivery.due import run_due
from newsletters.delivery.journal import Journal
from newsletters.delivery.policy import Policy
from newsletters.delivery.run import Office, Worker
from newsletters.tables import audience_url
from tests.fake_sendgrid.client import Fake
from tests.faults.world import SECRET


def main() -> None:
    children: list[int] = []
    for line in sys.stdin:
        words = line.split()
        if words[0] == "start":
            child = os.fork()
            if child == 0:
                _be_sender(words[1:])
            children.append(child)
            print(child, flush=True)
        else:
            _, status = os.waitpid(children.pop(0), 0)
            print(os.waitstatus_to_exitcode(status), flush=True)


def _be_sender(words: list[str]) -> None:
    code = 1
    try:
        options = dict(word.split("=", 1) for word in words[3:])
        _send(Path(words[0]), words[1], "" if words[2] == "-" else words[2], options)
        code = 0
    except BaseException:  # noqa: BLE001  # a sender's end must never run the zygote's loop
        if "quiet" not in " ".join(words[3:]):
            traceback.print_exc()
    finally:
        sys.stderr.flush()
        os._exit(code)


class _Time:
    """The office's clock and its rests; with ``warp`` a rest moves the clock, and the fake's with it."""

    def __init__(self, offset: float, fake: Fake | None) -> None:
        self.offset, self.fake = offset, fake

    def now(self) -> float:
        return time.time() + self.offset

    def rest(self, seconds: float) -> None:
        if self.fake is None:
            time.sleep(seconds)
            return
        self.offset += seconds
        self.fake.control(advance=seconds)


def _send(project: Path, host: str, url: str, options: dict[str, str]) -> None:
    if "failpoint" in options:
        failpoints.reach.__init__(options["failpoint"])  # type: ignore[misc]
    if "file_size" in options:  # every write beyond it fails, as on a full disk
        signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
        resource.setrlimit(resource.RLIMIT_FSIZE, (int(options["file_size"]),) * 2)
    settings = Settings(project=project, audience_url=url, secret_keys=(SecretStr(SECRET),))
    fake = Fake(int(host.rpartition(":")[2]), Path()) if "warp" in options else None
    times = _Time(float(options.get("clock", 0)), fake)
    canary = options.get("canary", "")
    policy = Policy(canary, resend_after_seconds=int(options.get("resend_after", 0)))
    engine = open_database(audience_url(settings))
    if "pragma" in options:
        event.listen(engine, "connect", lambda made, _: made.execute(f"PRAGMA {options['pragma']}"))
    office = Office(
        engine,
        SendGridMailer(
            "SG.test", host=options.get("host", host), timeout_seconds=float(options.get("timeout", 45))
        ),
        settings.site_url,
        Tokens(settings.secret_keys),
        load_keyring(project / "var"),
        Journal(project / "var"),
        {"magazine": policy},
        clock=times.now,
        rest=times.rest,
        patience_seconds=float(options.get("patience", 150)),
        lease_seconds=int(options.get("lease", 60)),
    )
    if "size" in options:  # people in a request, where the audience is not frozen yet
        office.mailer.limits = replace(office.mailer.limits, recipients=int(options["size"]))

    def watch(worker: Worker) -> None:
        signal.signal(signal.SIGTERM, lambda *_: worker.stop())

    run_due(office, settings.content, watch)


if __name__ == "__main__":
    main()
