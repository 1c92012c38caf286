"""The next issue of the sample magazine, brought all its way through the real desk to the outbox."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta

from generator import discovery
from generator.storage.database import open_database
from newsletters.approval import Act, ApprovalDesk
from newsletters.calendar import submit_moment
from newsletters.delivery.due import run_due
from newsletters.delivery.opening import close_office, open_office
from newsletters.store import IssueStore
from newsletters.studio import Studio
from newsletters.tables import audience_url
from tests.served import Town, build


def send_next_issue(town: Town, after: date) -> date:
    """Bring the next issue all its way: draft, approval by another, schedule, its moment; return its date."""
    settings = town.settings
    engine = open_database(audience_url(settings))
    store = IssueStore(engine)
    studio, desk = Studio(settings, discovery.sources(), store), ApprovalDesk(store)
    newsletter = studio.newsletter("magazine")
    day = studio.next_date(newsletter, after)
    build(settings.model_copy(update={"on": day}))
    bench = studio.bench(newsletter, day)
    studio.draft(bench, day, author="起案")
    frozen = studio.freeze(bench, studio.read("magazine", day), {}, "k7f3a9b2c4d6e8f0")
    moment = submit_moment(newsletter, day)
    before = moment - timedelta(hours=3)
    desk.submit_for_approval(frozen, Act("起案", before))
    desk.approve(frozen, Act("決裁", before), shown=frozen.fingerprint[:12])
    desk.schedule(frozen, newsletter, moment, Act("担当", before))
    office = replace(open_office(settings), clock=lambda: moment.timestamp() + 60)
    assert run_due(office, settings.content) == {frozen.key: "sent"}
    close_office(office)
    engine.dispose()
    return day
