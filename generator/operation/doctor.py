"""``koho doctor``: what a machine and its settings lack, each finding with its mend."""

from __future__ import annotations

import os
import shutil
import sqlite3
from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime
from pathlib import Path
from urllib.parse import urlsplit

from sqlalchemy.engine import make_url
from sqlalchemy.exc import SQLAlchemyError

from generator.errors import KohoError
from generator.operation.finding import Finding, Verdict
from generator.operation.provider_key import examine_provider_key
from generator.settings import Settings
from generator.storage import migrations
from generator.storage.schema import Schema

OLD_BACKUP_DAYS = 2
SMALL_DISK_BYTES = 2 * 1024**3
CJK_FONT_FOLDERS = ("/usr/share/fonts", "/usr/local/share/fonts", "/Library/Fonts", "/System/Library/Fonts")
CJK_FONT_MARKS = ("notosanscjk", "notoserifcjk", "hiragino", "ipaex", "ipag", "takao", "yugoth", "meiryo")


def examine(
    settings: Settings, schemas: Sequence[Schema], environ: Mapping[str, str], now: datetime
) -> list[Finding]:
    """Look at everything; only the provider is asked over the network. Order is the order shown."""
    return [
        *_examine_settings(settings),
        *_examine_keys(settings),
        *_examine_mailer(settings),
        *examine_provider_key(settings),
        *_examine_webhook(settings),
        *_examine_dns(settings),
        *(_examine_database(schema, settings) for schema in schemas),
        _examine_fonts(),
        _examine_chromium(environ),
        _examine_clock(now),
        _examine_disk(settings),
        *_examine_backups(settings, schemas, now),
    ]


def _examine_settings(settings: Settings) -> Iterator[Finding]:
    url = urlsplit(settings.site_url)
    if url.scheme == "https" and settings.site_url.endswith("/"):
        yield Finding("公開サイトのURL", Verdict.GOOD, settings.site_url)
    else:
        yield Finding(
            "公開サイトのURL",
            Verdict.NOTE,
            settings.site_url,
            "本番では site_url を https で始まり / で終わる形にします",
        )
    if settings.on is not None:
        yield Finding(
            "基準日",
            Verdict.NOTE,
            str(settings.on),
            "本番では settings.toml の on を消します（今日の日付で動きます）",
        )
    if settings.sample_ribbon:
        yield Finding("見本の帯", Verdict.NOTE, "出しています", "本番では sample_ribbon = false にします")
    if settings.organization.email.endswith("example.jp"):
        yield Finding(
            "代表アドレス",
            Verdict.NOTE,
            settings.organization.email,
            "settings.toml の [organization] email を直します",
        )


def _examine_keys(settings: Settings) -> Iterator[Finding]:
    lengths = [len(key.get_secret_value()) for key in settings.secret_keys]
    make = "python3 -c 'import secrets; print(secrets.token_urlsafe(32))' で作り、KOHO_SECRET_KEYS に入れます"
    if not lengths:
        yield Finding("署名鍵", Verdict.BAD, "ありません", make)
    elif min(lengths) < 32:
        yield Finding("署名鍵", Verdict.BAD, f"短い鍵があります（{min(lengths)}文字）", make)
    else:
        yield Finding("署名鍵", Verdict.GOOD, f"{len(lengths)}本（先頭で署名し、残りは検証だけ）")


def _examine_mailer(settings: Settings) -> Iterator[Finding]:
    match settings.mailer:
        case "outbox":
            yield Finding(
                "メールの出口",
                Verdict.NOTE,
                f"フォルダー {settings.outbox}",
                "実際に送るには mailer を smtp か sendgrid にします",
            )
        case "smtp" if not settings.smtp_url:
            yield Finding(
                "メールの出口", Verdict.BAD, "smtp_url がありません", "settings.toml に smtp_url を書きます"
            )
        case "sendgrid" if not settings.sendgrid_api_key.get_secret_value():
            yield Finding(
                "メールの出口",
                Verdict.BAD,
                "APIキーがありません",
                "環境変数 KOHO_SENDGRID_API_KEY を入れます",
            )
        case "smtp" | "sendgrid":
            yield Finding("メールの出口", Verdict.GOOD, settings.mailer)
        case other:
            yield Finding(
                "メールの出口", Verdict.BAD, other, "mailer を outbox・smtp・sendgrid のどれかにします"
            )


def _examine_webhook(settings: Settings) -> Iterator[Finding]:
    if settings.mailer != "sendgrid":
        return
    if settings.sendgrid_webhook_key:
        yield Finding("配信の知らせの公開鍵", Verdict.GOOD, "あります")
        return
    yield Finding(
        "配信の知らせの公開鍵",
        Verdict.BAD,
        "ありません（不達・苦情が届いても受け取れません）",
        "SendGrid の Event Webhook で署名を有効にし、公開鍵を KOHO_SENDGRID_WEBHOOK_KEY に入れます",
    )


def _examine_dns(settings: Settings) -> Iterator[Finding]:
    """Say which records must stand in the DNS; looking them up would need the network."""
    if settings.mailer == "outbox":
        return
    domain = settings.organization.email.rpartition("@")[2]
    sendgrid = settings.mailer == "sendgrid"
    spf = (
        f"em（送信サービスが示す名前）.{domain} の CNAME"
        if sendgrid
        else f'{domain} に TXT "v=spf1 a:送信サーバーの名前 ~all"'
    )
    dkim = (
        f"s1._domainkey.{domain} と s2._domainkey.{domain} の CNAME"
        if sendgrid
        else f'選んだ名前._domainkey.{domain} に TXT "v=DKIM1; k=rsa; p=…"'
    )
    dmarc = f'_dmarc.{domain} に TXT "v=DMARC1; p=quarantine; rua=mailto:{settings.organization.email}"'
    service = "送信サービスの画面（Sender Authentication）が示す値" if sendgrid else "送信サーバーの設定の値"
    mend = f"DNSの管理画面でこの記録を確かめ、なければ{service}で作ります"
    yield Finding("DNS: SPF", Verdict.NOTE, spf, mend)
    yield Finding("DNS: DKIM", Verdict.NOTE, dkim, mend)
    yield Finding("DNS: DMARC", Verdict.NOTE, dmarc, "DNSの管理画面でこの記録を確かめ、なければ作ります")


def _examine_database(schema: Schema, settings: Settings) -> Finding:
    subject = f"データベース {schema.name}"
    url = make_url(schema.url_of(settings))
    if url.get_backend_name() == "sqlite" and not Path(url.database or "").exists():
        return Finding(subject, Verdict.NOTE, "まだありません", "koho db upgrade で作ります")
    try:
        revision, newest = migrations.current(schema, settings), migrations.newest(schema)
    except (SQLAlchemyError, sqlite3.Error, KohoError) as error:
        return Finding(subject, Verdict.BAD, f"開けません（{type(error).__name__}）", "URLと権限を確かめます")
    if revision != newest:
        return Finding(
            subject, Verdict.BAD, f"形が古いままです（{revision} → {newest}）", "koho db upgrade を実行します"
        )
    return Finding(subject, Verdict.GOOD, f"最新の形です（{newest}）")


def _examine_fonts() -> Finding:
    for folder in CJK_FONT_FOLDERS:
        for _root, _folders, files in os.walk(folder):
            if any(mark in name.lower().replace("-", "") for name in files for mark in CJK_FONT_MARKS):
                return Finding("日本語フォント", Verdict.GOOD, folder)
    return Finding(
        "日本語フォント",
        Verdict.BAD,
        "ありません",
        "apt-get install fonts-noto-cjk（PDFと共有画像の文字に使います）",
    )


def _examine_chromium(environ: Mapping[str, str]) -> Finding:
    found = environ.get("CHROMIUM") or shutil.which("chromium") or shutil.which("google-chrome")
    if found:
        return Finding("Chromium", Verdict.GOOD, found)
    return Finding(
        "Chromium", Verdict.NOTE, "ありません", "ブラウザーの試験だけに使います。apt-get install chromium"
    )


def _examine_clock(now: datetime) -> Finding:
    if now.year < 2026:
        return Finding("時計", Verdict.BAD, f"{now:%Y-%m-%d %H:%M}", "時刻合わせ（NTP）を動かします")
    return Finding("時計", Verdict.GOOD, f"{now:%Y-%m-%d %H:%M %Z}")


def _examine_disk(settings: Settings) -> Finding:
    free = shutil.disk_usage(settings.project).free
    seen = f"空き {free / 1024**3:.1f} GB"
    if free < SMALL_DISK_BYTES:
        return Finding("ディスク", Verdict.BAD, seen, "2GB 以上を空けます")
    return Finding("ディスク", Verdict.GOOD, seen)


def _examine_backups(settings: Settings, schemas: Sequence[Schema], now: datetime) -> Iterator[Finding]:
    """Look for each database's newest backup, and for the programs that PostgreSQL's need."""
    urls = {schema.name: make_url(schema.url_of(settings)) for schema in schemas}
    if any(url.get_backend_name() == "postgresql" for url in urls.values()) and not shutil.which("pg_dump"):
        yield Finding("控えの道具", Verdict.BAD, "pg_dump がありません", "apt-get install postgresql-client")
    folder = settings.project / "var" / "backups"
    for name, url in urls.items():
        if url.get_backend_name() != "sqlite" or Path(url.database or "").exists():
            yield _examine_backup(
                f"控え {name}", [*folder.glob(f"{name}-*.sqlite3"), *folder.glob(f"{name}-*.dump")], now
            )


def _examine_backup(subject: str, files: Sequence[Path], now: datetime) -> Finding:
    if not files:
        return Finding(
            subject, Verdict.NOTE, "ありません", "koho backup を毎日動かします（deploy/ の timer）"
        )
    newest = max(files, key=lambda path: path.stat().st_mtime)
    age = now.timestamp() - newest.stat().st_mtime
    seen = f"{newest.name}（{age / 3600:.0f}時間前）"
    if age > OLD_BACKUP_DAYS * 86_400:
        return Finding(subject, Verdict.BAD, seen, "koho backup が動いているか確かめます")
    return Finding(subject, Verdict.GOOD, seen)
