"""The process that is killed: loads everything once, then forks one real sender for each command on its input."""

from __future__ import annotations

import os
import signal
import sys
import time
import traceback
from pathlib import Path

from pydantic import SecretStr

from generator.forms.tokens import Tokens
from generator.mail.sendgrid import SendGridMailer
from generator.settings import Settings
from generator.storage.database import open_database
from newsletters.audience.keyring import load_keyring
from newsletters.delivery.due import run_due
from newsletters.delivery.journal import Journal
from newsletters.delivery.run import Office, Worker
from newsletters.tables import audience_url
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
        traceback.print_exc()
    finally:
        sys.stderr.flush()
        os._exit(code)


def _send(project: Path, host: str, url: str, options: dict[str, str]) -> None:
    settings = Settings(project=project, audience_url=url, secret_keys=(SecretStr(SECRET),))
    offset = float(options.get("clock", 0))
    office = Office(
        open_database(audience_url(settings)),
        SendGridMailer("SG.test", host=host, timeout_seconds=float(options.get("timeout", 45))),
        settings.site_url,
        Tokens(settings.secret_keys),
        load_keyring(project / "var"),
        Journal(project / "var"),
        clock=lambda: time.time() + offset,
        patience_seconds=float(options.get("patience", 150)),
        lease_seconds=int(options.get("lease", 60)),
    )

    def watch(worker: Worker) -> None:
        signal.signal(signal.SIGTERM, lambda *_: worker.stop())

    run_due(office, settings.content, watch)


if __name__ == "__main__":
    main()
