"""Every setting, read once from settings.toml and ``KOHO_…`` variables into one frozen object."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from datetime import date
from pathlib import Path
from typing import Any

from pydantic import BaseModel, ConfigDict, Field, SecretStr, ValidationError

from generator import clock
from generator.errors import SettingsError


class Organization(BaseModel):
    """Who publishes: shown in header, footer, mail and open data."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    name: str = "いばらき中小企業グローバル推進機構"
    name_en: str = "Ibaraki SME Global Promotion Organization"
    postal_code: str = Field("310-0801", description="郵便番号")
    address: str = Field("茨城県水戸市桜川2-2-35 茨城県産業会館", description="所在地")
    address_en: str = "2-2-35 Sakuragawa, Mito, Ibaraki, Japan"
    telephone: str = Field("029-000-0000", description="代表電話（設定で差し替える）")
    email: str = Field("info@example.jp", description="代表アドレス（設定で差し替える）")
    hours: str = Field("平日 8時30分〜17時15分", description="受付時間")
    hours_en: str = "Weekdays 8:30–17:15, Japan time (UTC+9)"
    prefecture_code: str = Field("08", description="JIS X 0401")


class Settings(BaseModel):
    """All of koho's settings; secrets come from the environment alone and never show in ``repr``."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    project: Path = Field(description="プロジェクトのフォルダー（絶対パス）")
    site_url: str = Field("http://localhost:8000/", description="公開サイトの絶対URL。/ で終わる")
    on: date | None = Field(None, description="この日として動く。空なら日本の今日")
    sample_ribbon: bool = Field(True, description="「見本」の帯を全ページに出す")
    organization: Organization = Organization()
    companies_url: str = Field("", description="企業データベースのURL。空なら var/companies.sqlite3")
    audience_url: str = Field("", description="読者台帳のURL。空なら var/audience.sqlite3")
    registrations_url: str = Field("", description="催しの申込のURL。空なら var/registrations.sqlite3")
    mailer: str = Field("outbox", description="outbox | smtp | sendgrid")
    outbox: Path = Field(Path("build/outbox"), description="outbox の置き場所")
    smtp_url: str = Field("", description="smtp(s)://利用者@ホスト:ポート")
    sendgrid_host: str = Field(
        "https://api.sendgrid.com", description="SendGrid のAPIの場所（EUは api.eu.…）"
    )
    sendgrid_sandbox: bool = Field(
        False, description="SendGrid に検査だけさせ、だれにも送らせない（試験環境用）"
    )
    sendgrid_webhook_key: str = Field("", description="SendGrid のイベント通知を確かめる公開鍵（Base64）")
    trusted_proxies: tuple[str, ...] = Field(
        ("127.0.0.0/8", "::1/128"), description="X-Forwarded-For を信じる相手"
    )
    processes: int = Field(2, ge=1, description="ページを書き出すプロセスの数")
    stale_after_days: int = Field(365, ge=1, description="最終確認日がこれより古い企業に印を付ける（日）")
    unlist_after_days: int = Field(1095, ge=1, description="最終確認日がこれより古い企業を一覧から外す（日）")
    flyers: bool = Field(True, description="申し込める催しと公募のページに、A4チラシ（PDF）を置く")
    public_plan_page: bool = Field(True, description="計画と実績のページを公開する")
    options: Mapping[str, Any] = Field(default_factory=dict, description="隣の部屋が自分で読む設定")
    sendgrid_api_key: SecretStr = SecretStr("")
    smtp_password: SecretStr = SecretStr("")
    secret_keys: tuple[SecretStr, ...] = Field((), description="署名鍵。先頭で署名し、残りは検証だけに使う")

    @property
    def build(self) -> Path:
        """The folder of everything made by a build; safe to delete."""
        return self.project / "build"

    @property
    def site(self) -> Path:
        """The folder that is published."""
        return self.build / "site"

    @property
    def content(self) -> Path:
        """The folder of the words."""
        return self.project / "content"

    @property
    def templates(self) -> Path:
        """The folder of the looks."""
        return self.project / "templates"

    def as_of(self) -> date:
        """Return the day on which everything is judged (募集中, 終了 …)."""
        return self.on or clock.today()


_SECRETS = {"sendgrid_api_key", "smtp_password", "secret_keys"}


def load_settings(project: Path, environ: Mapping[str, str]) -> Settings:
    """Read ``settings.toml`` of a project folder and lay the ``KOHO_…`` variables over it.

    Raises ``SettingsError`` that names the setting, its value and the mend.
    """
    root = project.resolve()
    if not root.is_dir():
        raise SettingsError(
            f"--project {project}: フォルダーがありません。koho のフォルダーを指定してください"
        )
    values = _file_values(root / "settings.toml")
    values |= {name: value for name, value in _environment_values(environ).items() if value != ""}
    try:
        return Settings(project=root, **values)
    except ValidationError as error:
        lines = [
            f"{'.'.join(map(str, e['loc']))}: 「{'***' if e['loc'][0] in _SECRETS else e['input']}」: {e['msg']}"
            for e in error.errors()
        ]
        raise SettingsError("settings.toml または KOHO_ 変数を直してください\n" + "\n".join(lines)) from None


def _file_values(path: Path) -> dict[str, Any]:
    if not path.exists():
        return {}
    try:
        values = tomllib.loads(path.read_text(encoding="utf-8"))
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise SettingsError(f"{path.name}: TOMLとして読めません（{error}）") from None
    if secrets := _SECRETS & values.keys():
        names = ", ".join(sorted(f"KOHO_{name.upper()}" for name in secrets))
        raise SettingsError(f"{path.name}: 秘密はファイルに書けません。環境変数 {names} で渡してください")
    return values


def _environment_values(environ: Mapping[str, str]) -> dict[str, Any]:
    values: dict[str, Any] = {}
    for name in Settings.model_fields:
        text = environ.get(f"KOHO_{name.upper()}")
        if text is None or name in {"project", "organization", "options"}:
            continue
        values[name] = tuple(text.split(",")) if name in {"secret_keys", "trusted_proxies"} and text else text
    return values
