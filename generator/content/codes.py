"""Closed code lists that staff write in front matter, each with its Japanese and English name."""

from __future__ import annotations

from enum import StrEnum
from typing import Self


class Code(StrEnum):
    """A code with its two names; the value is what staff write."""

    ja: str
    en: str

    def __new__(cls, value: str, ja: str = "", en: str = "") -> Self:
        """Keep the code as the string value and the names beside it."""
        member = str.__new__(cls, value)
        member._value_ = value
        member.ja = ja
        member.en = en
        return member


class Topic(Code):
    """希望分野: what a page is about and what a subscriber may choose."""

    SALES_CHANNELS = "sales_channels", "販路開拓", "Sales channels"
    MANUFACTURING = "manufacturing", "ものづくり・技術開発", "Manufacturing and R&D"
    OVERSEAS = "overseas", "海外展開", "Overseas expansion"
    IP = "ip", "特許・商標", "Patents and trademarks"
    STARTUP = "startup", "創業", "Start-up"
    IMPROVEMENT = "improvement", "経営改善・生産性", "Management and productivity"
    FUNDING = "funding", "資金・助成", "Funding and grants"
    CONSULTATION = "consultation", "相談", "Consultation"
    DIGITAL = "digital", "デジタル化", "Digitalisation"
    SUCCESSION = "succession", "事業承継", "Business succession"
    COLLABORATION = "collaboration", "産学官連携", "Industry-academia collaboration"


class Need(Code):
    """お困りごと: the eight doors of the home page."""

    SELL = "sell", "売りたい", "Sell more"
    MAKE = "make", "つくりたい", "Develop and make"
    ABROAD = "abroad", "海外へ", "Go abroad"
    PROTECT = "protect", "特許や商標", "Protect ideas"
    START = "start", "創業したい", "Start a business"
    IMPROVE = "improve", "改善したい", "Improve operations"
    FUND = "fund", "資金を得たい", "Find funding"
    CONSULT = "consult", "相談したい", "Ask for advice"


class FundingKind(Code):
    """財源の区分 of a plan section."""

    PREFECTURE_SUBSIDY = "pref_subsidy", "県補助", "Prefectural subsidy"
    PREFECTURE_CONTRACT = "pref_contract", "県受託", "Prefectural contract"
    PREFECTURE_BOTH = "pref_both", "県補助・県受託", "Prefectural subsidy and contract"
    PREFECTURE_AND_COMPANIES = "pref_companies", "県補助・企業負担金", "Prefectural subsidy and company share"
    NATIONAL_SUBSIDY = "nat_subsidy", "国補助", "National subsidy"
    NATIONAL_CONTRACT = "nat_contract", "国受託", "National contract"
    FUND = "fund", "基金運用", "Fund management"
    NONE = "none", "記載なし", "Not stated"


class EventKind(Code):
    """催しの種類."""

    SEMINAR = "seminar", "セミナー", "Seminar"
    COURSE = "course", "研修・講座", "Training course"
    MATCHING = "matching", "商談会", "Business matching"
    TRADE_FAIR = "trade_fair", "展示会", "Trade fair"
    MATCHING_FAIR = "matching_fair", "展示商談会", "Trade fair with business matching"
    EXCHANGE = "exchange", "情報交換会", "Exchange meeting"
    PRESENTATION = "presentation", "発表会", "Presentation"
    WORKSHOP = "workshop", "検討会・会議", "Workshop"
    CONSULTATION = "consultation", "相談会", "Consultation day"
    FORUM = "forum", "フォーラム", "Forum"
    MARKET_TEST = "market_test", "テストマーケティング会", "Market test"


class Attendance(Code):
    """どこで参加するか."""

    VENUE = "venue", "会場", "On site"
    ONLINE = "online", "オンライン", "Online"
    HYBRID = "hybrid", "会場とオンライン", "On site and online"


class EventStatus(Code):
    """予定どおりか, decided by a person; 開催前 and 終了 follow from the date."""

    SCHEDULED = "scheduled", "予定どおり", "Scheduled"
    CANCELLED = "cancelled", "中止", "Cancelled"
    POSTPONED = "postponed", "延期", "Postponed"


class DeadlineRule(Code):
    """締切の数え方."""

    ARRIVAL = "arrival", "必着", "must arrive by"
    POSTMARK = "postmark", "消印有効", "postmarked by"


class NoticeCategory(Code):
    """お知らせの種類."""

    CALL = "call", "募集", "Call"
    EVENT = "event", "催し", "Event"
    RESULT = "result", "結果", "Result"
    SURVEY = "survey", "調査・報告", "Survey"
    INFORMATION = "information", "お知らせ", "Notice"
    PRESS = "press", "報道発表", "Press"


class OrderDirection(Code):
    """受発注情報の向き."""

    BUYING = "buying", "発注案件", "Looking for a supplier"
    SUPPLYING = "supplying", "受注希望", "Looking for orders"


class PlaceKind(Code):
    """窓口の種類."""

    DESK = "desk", "相談窓口", "Consultation desk"
    SATELLITE = "satellite", "サテライト拠点", "Satellite desk"


class HolderKind(Code):
    """開放特許の権利者の種類."""

    UNIVERSITY = "university", "大学", "University"
    INSTITUTE = "institute", "研究機関", "Research institute"
    COMPANY = "company", "企業", "Company"


class Region(Code):
    """外部記事の出どころ."""

    NATION = "nation", "国", "National government"
    PREFECTURE = "prefecture", "県", "Prefecture"
    SUPPORT = "support", "支援機関", "Support organisation"
    OVERSEAS = "overseas", "海外", "Overseas"
