"""The test-result page (JIS X 8341-3 試験結果): what a machine checked on every page, and what nobody has yet."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from generator.site.audit.record import AuditRecord
from generator.site.audit.site import RULES
from generator.site.page import Crumb, Page
from generator.site.view import SiteView

ADDRESS = "about/accessibility-result/"


@dataclass(frozen=True, slots=True)
class Criterion:
    """One success criterion, the rules of our pass that bear on it, and what they cannot see."""

    number: str
    name: str
    level: str
    rules: tuple[str, ...]
    by_people: str


CRITERIA = (
    Criterion("1.1.1", "非テキストコンテンツ", "A", ("alt", "svg-name"), "説明の文が画像の内容に合うか"),
    Criterion(
        "1.3.1",
        "情報及び関係性",
        "A",
        ("heading-order", "table-head", "table-scope", "label"),
        "見た目だけの見出しがないか",
    ),
    Criterion("1.4.3", "コントラスト（最低限レベル）", "AA", ("contrast",), "写真の上の文字"),
    Criterion(
        "1.4.4",
        "テキストのサイズ変更",
        "AA",
        ("viewport",),
        "拡大しても読みやすいか（横に動かさず読めることは自動試験ずみ）",
    ),
    Criterion("2.4.1", "ブロックスキップ", "A", ("landmark", "h1"), "実際の読み上げでの移動"),
    Criterion("2.4.2", "ページタイトル", "A", ("title", "same-title"), "題が内容に合うか"),
    Criterion(
        "2.4.4",
        "リンクの目的（コンテキスト内）",
        "A",
        ("link-name", "link-text", "link-target"),
        "前後の文と合わせて分かるか",
    ),
    Criterion("2.4.6", "見出し及びラベル", "AA", ("heading-empty", "landmark-name"), "言葉が分かりやすいか"),
    Criterion("3.1.1", "ページの言語", "A", ("lang",), "一部だけ外国語の所"),
    Criterion("3.3.2", "ラベル又は説明", "A", ("label",), "入力の例や説明が足りるか"),
    Criterion("4.1.1", "構文解析", "A", ("duplicate-id", "id-reference"), "—"),
    Criterion(
        "4.1.2", "名前、役割及び値", "A", ("link-name", "label", "frame-title"), "読み上げソフトでの使い心地"
    ),
)
NOT_MACHINE = (
    "キーボードだけの操作（主なページはブラウザーの自動試験で確かめています）",
    "読み上げソフトで最後まで使えるか",
    "音声や動画の字幕",
    "文章の分かりやすさ",
    "ほかの機関が作ったPDF",
)


def accessibility_pages(view: SiteView) -> Iterator[Page]:
    """Yield the result page once a whole pass has been recorded."""
    records = view.library.all(AuditRecord)
    if not records:
        return
    record = records[0]
    yield Page(
        address=ADDRESS,
        title="アクセシビリティの試験結果",
        kind="about",
        template="accessibility_result.html",
        description="全ページを機械で調べた結果と、まだ人が確かめていないことをお知らせします。",
        crumbs=(Crumb("機構について", "about/"),),
        updated=record.checked,
        values={
            "record": record,
            "criteria": [(c, sum(record.findings.get(rule, 0) for rule in c.rules)) for c in CRITERIA],
            "rules": RULES,
            "not_machine": NOT_MACHINE,
        },
    )
