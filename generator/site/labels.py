"""The Japanese names of page kinds, for reports."""

from __future__ import annotations

KIND_LABELS = {
    "home": "表紙",
    "programs": "支援メニュー",
    "grants": "助成金",
    "events": "催し",
    "notices": "お知らせ",
    "stories": "支援事例",
    "patents": "開放特許",
    "orders": "受発注",
    "places": "窓口",
    "reports": "調査・報告",
    "about": "案内",
    "newsletters": "メールマガジン",
    "news": "関係機関の新着",
    "search": "検索",
    "missing": "エラーの案内",
    "plan": "計画と実績",
    "opendata": "オープンデータ",
    "lists": "企業の一覧",
    "companies": "企業",
}
