"""States that follow from dates: each is a function of the thing and the day it is looked at."""

from __future__ import annotations

from datetime import date, timedelta
from enum import StrEnum

from generator.content.codes import EventStatus
from generator.content.model import Event, Grant, OrderInquiry

CLOSING_SOON_DAYS = 14


class WindowState(StrEnum):
    """募集の状態; the value is the word shown."""

    UPCOMING = "募集予定"
    OPEN = "募集中"
    CLOSING_SOON = "締切間近"
    CLOSED = "終了"


class HeldState(StrEnum):
    """催しの状態; the value is the word shown."""

    UPCOMING = "開催前"
    RUNNING = "開催中"
    HELD = "終了"
    CANCELLED = "中止"
    POSTPONED = "延期"


def window_state(opens: date, closes: date | None, on: date) -> WindowState:
    """Return the state of a window; the closing day itself is still open."""
    if on < opens:
        return WindowState.UPCOMING
    if closes is None:
        return WindowState.OPEN
    if on > closes:
        return WindowState.CLOSED
    return WindowState.CLOSING_SOON if closes - on <= timedelta(days=CLOSING_SOON_DAYS) else WindowState.OPEN


def grant_state(grant: Grant, on: date) -> WindowState:
    """Return the state of a call for applications."""
    return window_state(grant.opens, grant.closes, on)


def order_state(order: OrderInquiry, on: date) -> WindowState:
    """Return the state of an order inquiry."""
    return window_state(order.opens, order.closes, on)


def event_state(event: Event, on: date) -> HeldState:
    """Return the state of an event: a person's decision first, then the dates."""
    if event.status is EventStatus.CANCELLED:
        return HeldState.CANCELLED
    if event.status is EventStatus.POSTPONED:
        return HeldState.POSTPONED
    if event.ends.date() < on:
        return HeldState.HELD
    return HeldState.RUNNING if event.starts.date() <= on else HeldState.UPCOMING


def takes_registrations(event: Event, on: date) -> bool:
    """Say whether one can still apply for an event."""
    last = event.deadline or event.starts.date()
    return event_state(event, on) is HeldState.UPCOMING and on <= last


def days_left(last: date, on: date) -> int:
    """Return the days from ``on`` to ``last``; 0 is today."""
    return (last - on).days
