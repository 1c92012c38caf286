"""The newsletters as staff declare them in ``content/newsletters.yml``."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, time
from enum import StrEnum
from pathlib import Path

from pydantic import Field, model_validator

from generator.content.codes import Topic
from generator.content.frontmatter import parse_yaml
from generator.content.model import LineKey, Record, Slug
from generator.content.parsing import parse_record
from generator.errors import ContentError, Problem
from generator.settings import Settings

PATH = "content/newsletters.yml"
ADDRESS = r"^[!-9;-?A-~]+@[A-Za-z0-9.-]+$"


class Repeat(StrEnum):
    """May an item come again? Never, or once more as a reminder before its deadline."""

    NEVER = "never"
    REMINDER = "reminder"


class Pool(StrEnum):
    """What a section draws from."""

    CORRECTIONS = "corrections"  # an announced event that was cancelled or postponed since
    CLOSING = "closing"  # calls and registrations whose deadline is near, nearest first
    CALLS = "calls"  # calls that opened or will open
    PROGRAMS = "programs"  # new or changed
    EVENTS = "events"
    NOTICES = "notices"
    COMPANIES = "companies"
    PATENTS = "patents"
    ORDERS = "orders"
    NEWS = "news"
    STORIES = "stories"
    REPORTS = "reports"


class Rule(Record):
    """コーナー: one section and how it is filled."""

    key: Slug
    title: str
    pools: tuple[Pool, ...] = Field(min_length=1, description="何から選ぶか")
    topics: tuple[Topic, ...] = Field((), description="この分野だけ。空なら問わない")
    limit: int = Field(5, ge=1, description="多くて何件")
    ahead_days: int = Field(35, ge=0, description="何日先まで")
    back_days: int = Field(35, ge=0, description="何日前までのものを新しいとするか")
    repeat: Repeat = Repeat.NEVER
    reminder_days: int = Field(8, ge=0, description="締切の何日前から再掲してよいか")
    claims: int = Field(100, description="小さいほど先に選ぶ。並び順は書いた順")
    plan: LineKey | None = Field(None, description="一件ごとに数える計画の行")


class Choice(Record):
    """希望分野の一つ: what a subscriber can tick, and the topics it stands for."""

    key: Slug
    title: str
    topics: tuple[Topic, ...] = Field(min_length=1)


class Cadence(Record):
    """いつ出すか."""

    rule: str = Field(description="RFC 5545 の RRULE。例 FREQ=MONTHLY;BYDAY=1WE,2WE,3WE,4WE")
    since: date = Field(description="この規則で数え始める日")
    at: time = Field(time(10, 53), description="配信の時刻（日本時間）")
    closed: tuple[date, ...] = Field((), description="祝日のほかの休業日")
    working: tuple[date, ...] = Field((), description="祝日でも出す日")
    moved: dict[date, date] = Field(default_factory=dict, description="決めて動かした日。元の日: 新しい日")
    quiet_from: time = Field(time(21, 0), description="この時刻から送らない")
    quiet_until: time = Field(time(8, 0), description="この時刻まで送らない")
    late_after_hours: int = Field(6, ge=0, description="これより遅れたら送らず人に聞く（時間）")

    def is_quiet(self, moment: time) -> bool:
        """Say whether mail may not leave at this time of day."""
        if self.quiet_from <= self.quiet_until:
            return self.quiet_from <= moment < self.quiet_until
        return moment >= self.quiet_from or moment < self.quiet_until


class Sender(Record):
    """差出人. Reply address is read by people: no no-reply."""

    name: str = Field(min_length=1, pattern=r"^[^;,\r\n]+$", description="; と , は使えません")
    address: str = Field(pattern=ADDRESS, description="半角のメールアドレスを一つ書いてください")
    reply_to: str = Field(pattern=ADDRESS, description="半角のメールアドレスを一つ書いてください")


class Legal(Record):
    """特定電子メール法の表示. Name and postal address come from the settings unless written here."""

    why: str = Field("このメールは、配信に同意いただいた方にお送りしています。")
    refuse: str = Field("配信の停止は、下のリンクからいつでもできます。")
    complaint: str = Field("苦情・お問い合わせ", description="受付先の見出し")
    contact: str = Field("", description="電話や宛先。空なら設定の代表電話と代表アドレス")


class Newsletter(Record):
    """メールマガジン."""

    name: Slug
    title: str
    title_short: str = Field("", description="件名の頭。空なら title")
    summary: str = ""
    language: str = Field("ja", pattern="^(ja|en)$", description="ja か en")
    sender: Sender
    legal: Legal = Legal()
    cadence: Cadence
    first_number: int = Field(1, ge=1, description="規則の最初の号の番号")
    count_line: LineKey | None = Field(None, description="一号ごとに数える計画の行")
    choices: tuple[Choice, ...] = Field(
        (), max_length=4, description="希望分野。組み合わせの数だけ版ができる"
    )
    sections: tuple[Rule, ...] = Field(min_length=1)
    canary: str = Field(
        "",
        pattern=r"^([!-9;-?A-~]+@[A-Za-z0-9.-]+)?$",
        description="自分たちの宛先。配信の前後に一通ずつ送り、イベント通知が届くことを確かめる",
    )
    on_unknown: str = Field(
        "review",
        pattern=r"^(review|resend_after\([1-9][0-9]{0,2}h\))$",
        description="結果不明の分。review は人が決める。resend_after(24h) は、確認用の一通が届くのに24時間沈黙のときだけ送り直す",
    )

    @property
    def resend_after_hours(self) -> int:
        """Hours of proven silence after which the unknown are sent again; 0 where a person decides."""
        return int(self.on_unknown[13:-2]) if self.on_unknown.startswith("resend_after(") else 0

    @property
    def heading(self) -> str:
        """What the subject begins with."""
        return self.title_short or self.title

    def topic_sets(self) -> tuple[tuple[Choice, ...], ...]:
        """Every set of choices that gets its own variant; the full set first."""
        n = len(self.choices)
        masks = range((1 << n) - 1, 0, -1)
        return tuple(tuple(c for i, c in enumerate(self.choices) if mask >> i & 1) for mask in masks) or ((),)

    @model_validator(mode="after")
    def _silence_is_proven_before_it_is_acted_on(self) -> Newsletter:
        if self.resend_after_hours and not self.canary:
            raise ValueError("on_unknown: resend_after には canary（自分たちの宛先）が要ります")
        return self

    @model_validator(mode="after")
    def _choices_cover_every_topic(self) -> Newsletter:
        covered = {topic for choice in self.choices for topic in choice.topics}
        missing = [str(t) for t in Topic if t not in covered]
        if self.choices and missing:
            raise ValueError(f"choices: どの希望分野にも入っていない分野があります（{'、'.join(missing)}）")
        return self


def load_newsletters(settings: Settings) -> tuple[Newsletter, ...]:
    """Read every declared newsletter; ``ContentError`` lists all that is wrong."""
    path = settings.content / "newsletters.yml"
    if not path.exists():
        return ()
    newsletters, problems = parse_newsletters(path)
    if problems:
        raise ContentError(problems)
    return newsletters


def parse_newsletters(path: Path) -> tuple[tuple[Newsletter, ...], tuple[Problem, ...]]:
    """Return the newsletters that are right and the problems of those that are not."""
    try:
        front = parse_yaml(path.read_text(encoding="utf-8"), PATH)
    except UnicodeDecodeError:
        return (), (Problem(PATH, 0, "", "", "文字が読めません", "UTF-8 で保存してください"),)
    listed = front.fields.get("newsletters")
    if front.problems or not isinstance(listed, list):
        mend = "「newsletters:」の下に - を付けて並べてください"
        return (), front.problems or (Problem(PATH, 1, "newsletters", "", "一覧がありません", mend),)
    found, problems = [], []
    for position in range(len(listed)):
        part = front.part(("newsletters", position))
        newsletter, told = parse_record(Newsletter, part, PATH)
        name = part.fields.get("name", position + 1)
        problems += [replace(problem, field=f"{name}.{problem.field}") for problem in told]
        if newsletter is not None:
            found.append(newsletter)
    return tuple(found), tuple(problems)


def get_newsletter(settings: Settings, name: str) -> Newsletter:
    """Return the newsletter of this name; ``ContentError`` names those there are."""
    newsletters = load_newsletters(settings)
    for newsletter in newsletters:
        if newsletter.name == name:
            return newsletter
    known = "、".join(n.name for n in newsletters) or "まだありません"
    raise ContentError(
        [Problem(PATH, 0, "name", name, "そのメールマガジンはありません", f"あるもの: {known}")]
    )
