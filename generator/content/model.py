"""The kinds of things the organisation publishes, frozen and checked once when they are read."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime, time
from fractions import Fraction
from typing import Annotated, ClassVar

from pydantic import BaseModel, ConfigDict, Field, model_validator

from generator.clock import TOKYO, fiscal_year
from generator.content.codes import (
    Attendance,
    DeadlineRule,
    EventKind,
    EventStatus,
    HolderKind,
    Need,
    NoticeCategory,
    OrderDirection,
    PlaceKind,
    Region,
    Topic,
)

SLUG = r"^[a-z0-9]+(-[a-z0-9]+)*$"
Slug = Annotated[str, Field(pattern=SLUG, description="URLに使う半角小文字の名前")]
LineKey = Annotated[str, Field(description="計画の行。例 1-1-ケ、2-1-ケ-ア（content/plan/ の key）")]


class Record(BaseModel):
    """Anything frozen that refuses fields it does not know."""

    model_config = ConfigDict(frozen=True, extra="forbid", str_strip_whitespace=True)


class Translation(Record):
    """The English text of an item, from ``<slug>.en.md`` beside it."""

    title: str = Field(description="英語の名称")
    summary: str = Field("", description="英語の一文")
    venue: str = Field("", description="英語の会場名と住所。催しのみ")
    body: str = Field("", description="Markdown")
    checked: bool = Field(False, description="人が確認した英文か。false なら印を出す")


class Front(Record):
    """表紙の言葉: who we are and what we offer, above the search box of the home page."""

    path: str = Field("index.md", description="content/ からの相対パス")
    title: str = Field(min_length=1, description="見出し")
    summary: str = Field("", description="見出しの下の一、二文。検索結果にも出る")
    english: Translation | None = Field(None, description="英語版（index.en.md）")


class Attachment(Record):
    """様式・資料: a file for people to take, from content/assets/."""

    title: str = Field(min_length=1, description="名前。例 公募要領")
    file: str = Field(min_length=1, description="content/assets/ からの場所。例 grants/youryou.pdf")


class Item(Record):
    """What every kind has: its address, its words and when it is public."""

    folder: ClassVar[str]  # below content/, and the first part of its address
    label: ClassVar[str]  # Japanese name of the kind
    label_en: ClassVar[str]

    slug: Slug
    path: str = Field(description="content/ からの相対パス。誤りの表示に使う")
    title: str = Field(min_length=1, description="名称")
    summary: str = Field("", description="一覧に出す一文（80字ほど）")
    body: str = Field("", description="Markdown")
    topics: tuple[Topic, ...] = Field((), description="分野")
    files: tuple[Attachment, ...] = Field((), description="配る様式・資料")
    published: date | None = Field(None, description="公開開始日。空ならいつでも公開")
    withdrawn: date | None = Field(None, description="公開終了日。この日から出さない")
    updated: date | None = Field(None, description="内容を改めた日")
    english: Translation | None = Field(None, description="英語版（.en.md）")

    @property
    def address(self) -> str:
        """The item's place on the site, relative to its root: ``programs/yorozu/``."""
        return f"{self.folder}/{self.slug}/"

    def is_public(self, on: date) -> bool:
        """Say whether the page is shown on a day."""
        return (self.published is None or self.published <= on) and (
            self.withdrawn is None or on < self.withdrawn
        )


class Program(Item):
    """事業（支援メニュー）. Funder, funding kind and budget stand once, in the plan's section."""

    folder: ClassVar[str] = "programs"
    label: ClassVar[str] = "支援メニュー"
    label_en: ClassVar[str] = "Programme"

    section: str = Field(description="計画の区分。例 1-1（content/plan/ の sections）")
    order: int = Field(0, description="同じ区分の中の並び順")
    audience: str = Field(description="だれが使えるか")
    offer: str = Field(description="いくら・なにを")
    period: str = Field("通年", description="いつまで")
    how: str = Field(description="どうやって申し込むか")
    desk: Slug = Field(description="だれに聞くか（content/places/ の slug）")
    needs: tuple[Need, ...] = Field((), description="お困りごと")
    plan: tuple[LineKey, ...] = Field((), description="この事業が受け持つ計画の行")
    related: tuple[Slug, ...] = Field((), description="関連する支援メニュー")
    draft: bool = Field(False, description="下書き。true のあいだは公開しない")
    replaces: Slug | None = Field(
        None, description="引き継いだ前の年度の支援メニュー。公開すると前のものは退く"
    )

    def is_public(self, on: date) -> bool:
        """Say whether the page is shown on a day; a draft never is."""
        return not self.draft and super().is_public(on)


class Grant(Item):
    """助成金の公募. The call is the record: two calls may share one name."""

    folder: ClassVar[str] = "grants"
    label: ClassVar[str] = "助成金・補助金"
    label_en: ClassVar[str] = "Grant"

    program: Slug = Field(description="親の支援メニュー（content/programs/ の slug）")
    year: int = Field(description="年度（西暦）")
    call_number: int = Field(1, ge=1, description="第何回公募か")
    support_period: str = Field(description="助成期間。例 1年（当該年度内）")
    ceiling_yen: int = Field(ge=0, description="助成限度額（円）")
    rate: Fraction | None = Field(None, gt=0, le=1, description="助成率の上限。例 2/3")
    opens: date = Field(description="公募開始日")
    closes: date = Field(description="公募終了日")
    closes_time: time | None = Field(None, description="締切時刻。例 17:00")
    rule: DeadlineRule = Field(DeadlineRule.ARRIVAL, description="必着か消印有効か")
    eligibility: str = Field("", description="対象者")
    expenses: str = Field("", description="対象になる費用")
    how: str = Field("", description="申請の方法")
    documents: tuple[str, ...] = Field((), description="申請書類")
    desk: Slug | None = Field(None, description="問い合わせ先。空なら支援メニューの窓口")
    plan: tuple[LineKey, ...] = Field((), description="この公募が受け持つ計画の行")

    @model_validator(mode="after")
    def _window_runs_forward(self) -> Grant:
        if self.closes < self.opens:
            raise ValueError(f"closes: 公募終了日 {self.closes} が開始日 {self.opens} より前です")
        return self


class Session(Record):
    """開催の一回: one sitting of an event, or one of a course's."""

    starts: datetime = Field(description="開始（日本時間）")
    ends: datetime = Field(description="終了（日本時間）")
    title: str = Field("", description="この回の題")

    @model_validator(mode="after")
    def _runs_forward(self) -> Session:
        if self.ends <= self.starts:
            raise ValueError(f"ends: 終了 {self.ends:%H:%M} が開始 {self.starts:%H:%M} より前です")
        return self


class Venue(Record):
    """会場."""

    name: str = Field(description="会場の名前")
    address: str = Field("", description="住所")
    municipality: str = Field("", description="団体コード5桁。県外は空")
    access: str = Field("", description="交通")
    parking: str = Field("", description="駐車場")


class Event(Item):
    """催し: seminar, course, fair … Its sessions carry the dates."""

    folder: ClassVar[str] = "events"
    label: ClassVar[str] = "催し"
    label_en: ClassVar[str] = "Event"

    kana: str = Field("", description="名称のカナ（オープンデータに要る）")
    kind: EventKind = Field(description="催しの種類")
    program: Slug | None = Field(None, description="関係する支援メニュー")
    sessions: tuple[Session, ...] = Field(
        min_length=1, description="開催日時。front matter では date と time でも書ける"
    )
    attendance: Attendance = Field(Attendance.VENUE, description="会場・オンライン・両方")
    venue: Venue | None = Field(None, description="会場。オンラインだけなら空")
    capacity: int | None = Field(None, ge=1, description="定員（人・社）")
    capacity_unit: str = Field("名", description="定員の単位。名・社・組")
    fee_yen: int = Field(0, ge=0, description="参加費（円）。0 は無料")
    fee_note: str = Field("", description="参加費の補足")
    deadline: date | None = Field(None, description="申込締切")
    status: EventStatus = Field(EventStatus.SCHEDULED, description="予定どおり・中止・延期")
    status_note: str = Field("", description="中止・延期の理由と次の予定")
    organizer: str = Field("", description="主催。空なら機構")
    partners: tuple[str, ...] = Field((), description="共催・後援")
    audience: str = Field("", description="対象者")
    registration_url: str = Field("", description="外部の申込フォーム。空なら機構の申込ページ")
    desk: Slug | None = Field(None, description="問い合わせ先。空なら支援メニューの窓口")
    plan: tuple[LineKey, ...] = Field((), description="数える計画の行")

    @property
    def starts(self) -> datetime:
        """The first session's start."""
        return min(s.starts for s in self.sessions)

    @property
    def ends(self) -> datetime:
        """The last session's end."""
        return max(s.ends for s in self.sessions)

    @property
    def year(self) -> int:
        """The fiscal year (年度) of the first session."""
        return fiscal_year(self.starts.astimezone(TOKYO).date())

    @property
    def address(self) -> str:
        """Below the fiscal year, as its file is."""
        return f"events/{self.year}/{self.slug}/"

    @model_validator(mode="after")
    def _agrees_with_itself(self) -> Event:
        if self.deadline and self.deadline > self.ends.date():
            raise ValueError(f"deadline: 申込締切 {self.deadline} が開催日 {self.ends.date()} より後です")
        if self.attendance is not Attendance.ONLINE and self.venue is None:
            raise ValueError("venue: 会場がありません。会場名を書くか、attendance: online にしてください")
        return self


class Notice(Item):
    """お知らせ."""

    folder: ClassVar[str] = "notices"
    label: ClassVar[str] = "お知らせ"
    label_en: ClassVar[str] = "Notice"

    published: date = Field(description="掲載日")
    category: NoticeCategory = Field(NoticeCategory.INFORMATION, description="お知らせの種類")
    minor: bool = Field(False, description="小さな更新。メールマガジンに載せない")
    program: Slug | None = Field(None, description="関係する支援メニュー")
    event: Slug | None = Field(None, description="関係する催し")
    grant: Slug | None = Field(None, description="関係する公募")
    plan: tuple[LineKey, ...] = Field((), description="数える計画の行")

    @property
    def address(self) -> str:
        """Below the calendar year, as its file is."""
        return f"notices/{self.published.year}/{self.slug}/"


class Story(Item):
    """支援事例."""

    folder: ClassVar[str] = "stories"
    label: ClassVar[str] = "支援事例"
    label_en: ClassVar[str] = "Case study"

    published: date = Field(description="掲載日")
    company: str = Field(description="企業名")
    company_key: str = Field("", description="企業データベースの番号。掲載があればページを結ぶ")
    municipality: str = Field("", description="団体コード5桁")
    industry: str = Field("", description="業種（読む人向けの言葉）")
    programs: tuple[Slug, ...] = Field((), description="使った支援メニュー")
    result: str = Field("", description="成果を一文で")


class LicensablePatent(Item):
    """開放特許: a patent whose holder offers licences."""

    folder: ClassVar[str] = "patents"
    label: ClassVar[str] = "開放特許"
    label_en: ClassVar[str] = "Patent open to licensing"

    number: str = Field(description="登録番号。出願中は空文字にせず出願番号を書く")
    application_number: str = Field("", description="出願番号")
    is_granted: bool = Field(True, description="登録済みか。出願中は false")
    is_laid_open: bool = Field(True, description="出願公開済みか。false なら七項目しか出さない")
    holder: str = Field(description="権利者（出願人）")
    holder_kind: HolderKind = Field(description="権利者の種類")
    transfer: bool = Field(False, description="譲渡の可否")
    license: bool = Field(True, description="実施許諾の可否")
    field: str = Field("", description="技術分野")
    ipc: tuple[str, ...] = Field((), description="国際特許分類。例 B23K26/00")
    registered: date = Field(description="この台帳に登録した日")
    uses: str = Field("", description="用途の例")
    company_key: str = Field("", description="権利者が会員企業ならその番号")
    plan: tuple[LineKey, ...] = Field((), description="数える計画の行")


class OrderInquiry(Item):
    """受発注情報: a buyer looking for a supplier, or the other way round; the company is not named."""

    folder: ClassVar[str] = "orders"
    label: ClassVar[str] = "受発注情報"
    label_en: ClassVar[str] = "Order enquiry"

    direction: OrderDirection = Field(description="発注案件か受注希望か")
    processes: tuple[str, ...] = Field((), description="加工方法")
    materials: tuple[str, ...] = Field((), description="材質")
    quantity: str = Field("", description="数量（単位つき）")
    size: str = Field("", description="大きさ（単位つき）")
    region: str = Field("", description="企業の所在（県・市町村まで）")
    opens: date = Field(description="掲載日")
    closes: date | None = Field(None, description="締切。空なら随時")
    delivery: str = Field("", description="納期")
    desk: Slug = Field(description="取り次ぐ窓口")
    company_key: str = Field("", description="企業の番号。職員だけが見る")
    plan: tuple[LineKey, ...] = Field((), description="数える計画の行")


class Place(Item):
    """窓口とサテライト拠点."""

    folder: ClassVar[str] = "places"
    label: ClassVar[str] = "窓口・拠点"
    label_en: ClassVar[str] = "Office"

    kind: PlaceKind = Field(description="相談窓口かサテライト拠点か")
    kana: str = Field("", description="名称のカナ")
    host: str = Field("", description="置いている機関")
    postal_code: str = Field("", description="郵便番号。例 310-0801")
    location: str = Field("", description="住所")
    municipality: str = Field("", description="団体コード5桁")
    telephone: str = Field("", description="電話番号。例 029-000-0000")
    email: str = Field("", description="メールアドレス")
    hours: str = Field("", description="受付時間")
    days: str = Field("", description="開設日")
    services: tuple[str, ...] = Field((), description="受けられる相談")
    access: str = Field("", description="交通")
    opened: date | None = Field(None, description="開設日（計画の数に入る日）")
    order: int = Field(0, description="並び順。小さいほど先")
    plan: tuple[LineKey, ...] = Field((), description="数える計画の行")


class Page(Item):
    """Free pages: about, accessibility policy, terms."""

    folder: ClassVar[str] = "about"
    label: ClassVar[str] = "案内"
    label_en: ClassVar[str] = "About us"

    order: int = Field(0, description="並び順。小さいほど先")


class Report(Item):
    """調査・報告書 that the organisation published."""

    folder: ClassVar[str] = "reports"
    label: ClassVar[str] = "調査・報告"
    label_en: ClassVar[str] = "Report"

    published: date = Field(description="公表日")
    program: Slug | None = Field(None, description="関係する支援メニュー")
    plan: tuple[LineKey, ...] = Field((), description="数える計画の行")


class NewsEntry(Record):
    """外部の記事: an accepted entry of an outside feed; the link leads out."""

    id: str = Field(description="変わらない印（guid と URL から作る）")
    feed: str = Field(description="content/feeds.yml の名前")
    feed_title: str = Field(description="出典の名前")
    title: str = Field(description="記事の題")
    url: str = Field(description="元の記事の絶対URL")
    summary: str = Field("", description="要約（文字だけ）")
    published: date | None = Field(None, description="元の公表日。無ければ空")
    accepted: date = Field(description="採用した日")
    region: Region = Field(Region.NATION, description="国・県・支援機関・海外")
    topics: tuple[Topic, ...] = Field((), description="分野")


def letter_address(newsletter: str, language: str) -> str:
    """Return where a newsletter's back numbers lie on the site: an English one on the English site."""
    return f"{'en/' if language == 'en' else ''}newsletters/{newsletter}/"


class BackIssue(Record):
    """バックナンバー: an issue that was submitted, frozen as it left."""

    newsletter: Slug
    newsletter_title: str = Field(description="メールマガジンの名前")
    number: int = Field(ge=1, description="号数")
    issue_date: date = Field(description="発行日")
    subject: str = Field(description="件名")
    body_html: str = Field(description="web の顔。個人の印を含まない")
    summary: str = Field("", description="一覧に出す一文")
    items: tuple[str, ...] = Field((), description="載せた記事の参照。例 events/fair, notices/x")
    sections: Mapping[str, int] = Field(default_factory=dict, description="コーナーごとの件数")
    plan: Mapping[str, int] = Field(default_factory=dict, description="計画の行ごとに数える数")
    corrects: str = Field("", description="訂正した号の address")
    corrected_by: str = Field("", description="訂正号の address")
    notes: tuple[str, ...] = Field((), description="配信後に変わったことの知らせ")
    language: str = Field("ja", description="ja か en")

    @property
    def address(self) -> str:
        """The back number's place on the site."""
        return f"{letter_address(self.newsletter, self.language)}{self.issue_date:%Y-%m-%d}/"
