"""``make demo``: an issue of 5,000 is sent to a fake SendGrid, killed, resumed and reported, before one's eyes."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import tempfile
import time
from datetime import UTC, datetime, timedelta
from pathlib import Path

from rich.console import Console
from rich.table import Table

from newsletters.delivery.states import WORDS
from newsletters.issue.frozen import FrozenIssue
from tests.fake_sendgrid.client import running_fake
from tests.faults.hook import hook
from tests.faults.world import World, make_issue, make_world

READERS = 5_000
say = Console(highlight=False, soft_wrap=True).print


def main() -> None:
    with tempfile.TemporaryDirectory(prefix="koho-demo-") as name:
        folder = Path(name)
        with running_fake(folder) as fake:
            fake.control(pace=0.5)
            world = make_world(folder)
            world.add_readers(READERS)
            issue = make_issue(submit_at=datetime.now(UTC) + timedelta(minutes=30))
            world.schedule(issue)
            say(f"[bold]読者 {READERS:,}人、決裁済みの号 {issue.key}。にせの SendGrid は {fake.url}[/bold]\n")
            koho = [str(Path(sys.executable).parent / "koho"), "newsletters"]
            environment = {**os.environ, **world.environment(fake.url)}
            run = [*koho, "run-due", "--project", name]
            say("[bold]1. 配信を始め、途中で kill -9 します[/bold]  $ koho newsletters run-due")
            process = subprocess.Popen(run, env=environment)
            while not _is_in_the_middle(world, issue) and process.poll() is None:
                time.sleep(0.02)
            time.sleep(0.2)  # the request is on its way, its answer is not
            os.kill(process.pid, signal.SIGKILL)
            process.wait()
            _show(world, issue)
            say(
                "\n[bold]2. 台帳は、答えを待っていた一件を「結果不明」とし、予約を取り消して確かに送り直します[/bold]"
            )
            _expire(world)
            fake.control(pace=0.05)
            subprocess.run(run, env=environment, check=False)
            _show(world, issue)
            say("\n[bold]3. 署名つきのイベント通知を、三通ずつ、順不同で受け取ります[/bold]")
            with hook(world, fake.key()) as door:
                door.start()
                told = fake.emit(door.url, copies=3, shuffle=True)
                door.stop()
            say(f"   通知 {told['events']:,}件（{told['posts']}回の送信）を受け取りました")
            say("\n[bold]4. 報告[/bold]  $ koho newsletters report " + issue.key.replace("/", " "))
            report = [*koho, "report", issue.key, "--project", name]
            subprocess.run(report, env=environment, check=False)
            judged = fake.judge()
            table = Table(
                "受け手が数えた通数",
                "人数",
                "重複",
                "取り消した予約",
                title="\n5. 受け手（にせの SendGrid）の判定",
            )
            table.add_row(*(f"{judged[n]:,}" for n in ("mails", "people", "duplicated", "cancelled")))
            say(table)
            expected = world.counts(issue).get("accepted", 0)
            world.engine.dispose()
            good = judged["duplicated"] == 0 and judged["people"] == judged["mails"] == expected
            say("[bold green]重複 0、欠け 0[/bold green]" if good else "[bold red]数が合いません[/bold red]")
            sys.exit(0 if good else 1)


def _is_in_the_middle(world: World, issue: FrozenIssue) -> bool:
    counted = world.counts(issue)
    return counted.get("accepted", 0) >= 2_000 and "claimed" in counted


def _show(world: World, issue: FrozenIssue) -> None:
    counted = world.counts(issue)
    say(
        "   台帳: "
        + "、".join(f"{WORDS[name]} {number:,}" for name, number in counted.items())
        + f" ＝ {sum(counted.values()):,}人"
    )


def _expire(world: World) -> None:
    """Stand in for the minute that a dead worker's claim would be respected."""
    say("   （止まった送り手の持ち時間60秒が過ぎるのを待つ代わりに、時刻を進めます）")
    with world.engine.begin() as connection:
        connection.exec_driver_sql("UPDATE chunks SET lease_until = 0 WHERE state = 'claimed'")


if __name__ == "__main__":
    main()
