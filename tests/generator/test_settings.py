"""Settings are read once; secrets come from the environment and never show."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest

from generator.errors import ExitCode, SettingsError
from generator.settings import Settings, load_settings

ROOT = Path(__file__).parents[2]


def write(project: Path, text: str) -> Path:
    (project / "settings.toml").write_text(text, encoding="utf-8")
    return project


def test_a_folder_without_settings_has_every_default(tmp_path: Path) -> None:
    settings = load_settings(tmp_path, {})
    assert (settings.mailer, settings.project, settings.site) == ("outbox", tmp_path, tmp_path / "build/site")


def test_an_environment_variable_overrides_the_file(tmp_path: Path) -> None:
    settings = load_settings(
        write(tmp_path, 'mailer = "smtp"\non = 2023-11-22\n'), {"KOHO_MAILER": "sendgrid"}
    )
    assert (settings.mailer, settings.as_of()) == ("sendgrid", date(2023, 11, 22))


def test_the_day_can_be_given_by_a_variable(tmp_path: Path) -> None:
    assert load_settings(tmp_path, {"KOHO_ON": "2024-02-29"}).as_of() == date(2024, 2, 29)


def test_a_secret_in_the_file_is_refused_with_the_variable_to_use(tmp_path: Path) -> None:
    with pytest.raises(SettingsError, match="KOHO_SENDGRID_API_KEY") as caught:
        load_settings(write(tmp_path, 'sendgrid_api_key = "x"\n'), {})
    assert caught.value.exit_code is ExitCode.SETTINGS


def test_a_secret_never_shows(tmp_path: Path) -> None:
    settings = load_settings(tmp_path, {"KOHO_SENDGRID_API_KEY": "SG.hidden", "KOHO_SECRET_KEYS": "one,two"})
    assert settings.sendgrid_api_key.get_secret_value() == "SG.hidden"
    assert [key.get_secret_value() for key in settings.secret_keys] == ["one", "two"]
    assert "hidden" not in repr(settings)
    assert "two" not in repr(settings)


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("on = 2023-13-45\n", "settings.toml"),
        ('on = "someday"\n', "on"),
        ("processes = 0\n", "processes"),
        ("maler = 1\n", "maler"),
        ("[organization]\nphone = 1\n", "phone"),
    ],
)
def test_a_wrong_setting_is_named(tmp_path: Path, text: str, name: str) -> None:
    with pytest.raises(SettingsError, match=name):
        load_settings(write(tmp_path, text), {})


def test_a_missing_project_folder_is_told(tmp_path: Path) -> None:
    with pytest.raises(SettingsError, match="フォルダーがありません"):
        load_settings(tmp_path / "nowhere", {})


def test_the_example_file_is_valid_and_says_every_default(tmp_path: Path) -> None:
    write(tmp_path, (ROOT / "settings.example.toml").read_text(encoding="utf-8"))
    example = load_settings(tmp_path, {})
    default = load_settings(tmp_path.parent, {})
    assert example.model_dump(exclude={"project", "on"}) == default.model_dump(exclude={"project", "on"})


def test_the_example_names_every_setting_that_a_file_may_hold() -> None:
    text = (ROOT / "settings.example.toml").read_text(encoding="utf-8")
    hidden = {"project", "options", "sendgrid_api_key", "smtp_password", "secret_keys"}
    missing = [name for name in Settings.model_fields if name not in text and name not in hidden]
    assert missing == []
