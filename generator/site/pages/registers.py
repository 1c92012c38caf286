"""The two small registers: licensable patents and order inquiries."""

from __future__ import annotations

from collections.abc import Iterator

from generator.content.codes import OrderDirection
from generator.content.model import LicensablePatent, OrderInquiry
from generator.content.states import WindowState, order_state
from generator.rendering.filters import date_ja
from generator.site.page import Crumb, Page
from generator.site.view import SiteView

PATENTS = Crumb("開放特許", "patents/")
ORDERS = Crumb("受発注情報", "orders/")


def patent_pages(view: SiteView) -> Iterator[Page]:
    """Yield the list and every patent; an application not yet laid open shows seven facts and no more."""
    patents = sorted(
        view.library.public(LicensablePatent), key=lambda p: (p.registered, p.slug), reverse=True
    )
    yield Page(
        address=PATENTS.address,
        title=PATENTS.title,
        kind="patents",
        template="patents.html",
        description="大学や企業が使ってほしいと公開している特許です。",
        values={"patents": patents},
    )
    for patent in patents:
        yield Page(
            address=patent.address,
            title=patent.title,
            kind="patents",
            template="patent.html",
            description=patent.summary if patent.is_laid_open else "出願公開前の発明です。",
            crumbs=(PATENTS,),
            updated=(patent.updated or patent.registered) if patent.is_laid_open else None,
            values={"patent": patent, "facts": patent_facts(patent)},
        )


def patent_facts(patent: LicensablePatent) -> list[tuple[str, str]]:
    """Return what may be shown: before an application is laid open, the seven facts that INPIT allows."""
    allowed = [
        ("開放特許情報番号", patent.slug),
        ("タイトル", patent.title),
        ("出願番号", patent.application_number or patent.number),
        ("名称", patent.title),
        ("出願人", patent.holder),
        ("譲渡の可否", _yes_no(patent.transfer)),
        ("実施許諾の可否", _yes_no(patent.license)),
    ]
    if not patent.is_laid_open:
        return allowed
    facts = [
        ("登録番号", patent.number if patent.is_granted else ""),
        ("出願番号", patent.application_number),
        ("権利者", f"{patent.holder}（{patent.holder_kind.ja}）"),
        ("技術分野", patent.field),
        ("国際特許分類", "、".join(patent.ipc)),
        ("用途の例", patent.uses),
        ("実施許諾の可否", _yes_no(patent.license)),
        ("譲渡の可否", _yes_no(patent.transfer)),
        ("掲載日", date_ja(patent.registered)),
    ]
    return [(name, value) for name, value in facts if value]


def _yes_no(value: bool) -> str:  # noqa: FBT001 - the value is what is shown
    return "可" if value else "不可"


def order_pages(view: SiteView) -> Iterator[Page]:
    """Yield the list and every inquiry; the company is never named."""
    orders = sorted(view.library.public(OrderInquiry), key=lambda o: (o.opens, o.slug), reverse=True)
    states = {order.slug: order_state(order, view.on) for order in orders}
    current = [o for o in orders if states[o.slug] is not WindowState.CLOSED]
    yield Page(
        address=ORDERS.address,
        title=ORDERS.title,
        kind="orders",
        template="orders.html",
        description="加工先をさがす発注案件と、仕事を受けたい企業の情報です。",
        values={
            "groups": [(d, [o for o in current if o.direction is d]) for d in OrderDirection],
            "closed": [o for o in orders if o not in current],
            "states": states,
        },
    )
    for order in orders:
        yield Page(
            address=order.address,
            title=order.title,
            kind="orders",
            template="order.html",
            description=order.summary,
            crumbs=(ORDERS,),
            updated=order.updated or order.opens,
            values={
                "order": order,
                "state": states[order.slug],
                "desk": view.desk(order.desk),
                "facts": _order_facts(order),
            },
        )


def _order_facts(order: OrderInquiry) -> list[tuple[str, str]]:
    facts = [
        ("加工方法", "、".join(order.processes)),
        ("材質", "、".join(order.materials)),
        ("数量", order.quantity),
        ("大きさ", order.size),
        ("納期", order.delivery),
        ("企業の所在", order.region),
        ("掲載日", date_ja(order.opens)),
        ("締切", date_ja(order.closes) if order.closes else "随時"),
    ]
    return [(name, value) for name, value in facts if value]
