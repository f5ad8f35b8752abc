"""Settings: defaults, the environment, and what is wrong."""

from pathlib import Path
from typing import Any

import pytest

from data.errors import InvalidInput
from data.settings import Settings, read_settings


def test_without_an_environment_the_defaults_hold() -> None:
    found = read_settings()
    assert (found.address, found.port, found.demo, found.upload_limit_mb) == ("127.0.0.1", 8501, False, 10)
    assert (found.sqlite_path or Path()).name == "soundings.db"


def test_the_environment_sets_what_it_names(monkeypatch: pytest.MonkeyPatch) -> None:
    for name, value in (("PORT", "9000"), ("DEMO", "true"), ("PUBLIC_URL", "https://voices.example/")):
        monkeypatch.setenv(f"SOUNDINGS_{name}", value)
    found = read_settings()
    assert (found.port, found.demo, found.base_url) == (9000, True, "https://voices.example")


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("PORT", "0"),
        ("PORT", "many"),
        ("UPLOAD_LIMIT_MB", "501"),
        ("SMTP_URL", "mail.example"),
        ("SMTP_URL", "http://mail.example"),
        ("SMTP_URL", "smtp://mail.example:port"),
        ("MAIL_FROM", "nobody"),
        ("MAIL_PAUSE_SECONDS", "-1"),
        ("DATABASE_URL", "mysql://somewhere/else"),
        ("DEMO", "perhaps"),
        ("PASSWORD_LENGTH", "7"),
        ("SESSION_IDLE_MINUTES", "4"),
        ("OIDC_ISSUER", "http://id.example"),
        ("OIDC_ISSUER", "id.example"),
        ("OIDC_ISSUER", "https://id.example/?x=1"),
        ("OIDC_SCOPES", "email"),
        ("OIDC_ACR", " "),
        ("OIDC_AMR", "mfa\totp"),
    ],
)
def test_a_wrong_setting_is_named(monkeypatch: pytest.MonkeyPatch, name: str, value: str) -> None:
    monkeypatch.setenv(f"SOUNDINGS_{name}", value)
    with pytest.raises(InvalidInput) as caught:
        read_settings()
    assert (caught.value.code, caught.value.params["name"]) == ("setting.invalid", f"SOUNDINGS_{name}")


@pytest.mark.parametrize(
    ("url", "path"),
    [
        ("sqlite:////srv/soundings.db", Path("/srv/soundings.db")),
        ("sqlite:///var/soundings.db", Path("var/soundings.db")),
        ("sqlite:////srv/soundings.db?mode=ro", Path("/srv/soundings.db")),
        ("sqlite://", None),
        ("sqlite:///:memory:", None),
    ],
)
def test_the_database_file_is_read_from_its_address(url: str, path: Path | None) -> None:
    assert Settings(database_url=url).sqlite_path == path


@pytest.mark.parametrize(
    "wrong",
    [{"OIDC_ISSUER": "https://id.example"}, {"PASSWORD_SIGN_IN": "false"}, {"OIDC_ACR": "gold"}, {"OIDC_AMR": "mfa"}],
)
def test_settings_that_leave_no_way_in_are_refused(monkeypatch: pytest.MonkeyPatch, wrong: dict[str, str]) -> None:
    for name, value in wrong.items():
        monkeypatch.setenv(f"SOUNDINGS_{name}", value)
    with pytest.raises(InvalidInput) as caught:
        read_settings()
    assert caught.value.code == "setting.invalid"


@pytest.mark.parametrize(
    ("values", "name"),
    [
        ({}, "soundings_session"),
        ({"public_url": "http://voices.example"}, "soundings_session"),
        ({"public_url": "https://voices.example"}, "__Host-soundings_session"),
        ({"secure_cookies": True}, "__Host-soundings_session"),
    ],
)
def test_over_tls_the_cookie_belongs_to_this_host_alone(values: dict[str, Any], name: str) -> None:
    found = Settings(**values)
    assert (found.session_cookie, found.is_secure) == (name, name.startswith("__Host-"))


def test_what_is_secret_may_stand_in_files(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    (tmp_path / "soundings_database_url").write_text("postgresql://me:secret@host/name\n", encoding="utf-8")
    (tmp_path / "soundings_mail_from").write_text("office@example.org", encoding="utf-8")
    (tmp_path / "database_password").write_text("secret", encoding="utf-8")
    monkeypatch.setenv("SOUNDINGS_SECRETS_FOLDER", str(tmp_path))
    monkeypatch.setenv("SOUNDINGS_MAIL_FROM", "desk@example.org")
    found = read_settings()
    assert (found.database_url, found.mail_from) == ("postgresql://me:secret@host/name", "desk@example.org")
    monkeypatch.setenv("SOUNDINGS_SECRETS_FOLDER", str(tmp_path / "none"))
    with pytest.raises(InvalidInput) as caught:
        read_settings()
    assert caught.value.params["name"] == "SOUNDINGS_SECRETS_FOLDER"


@pytest.mark.parametrize(
    ("values", "least"),
    [
        ({}, 15),
        ({"require_second_factor": True}, 8),
        ({"password_length": 12}, 12),
        ({"password_length": 12, "require_second_factor": True}, 12),
    ],
)
def test_a_password_that_is_all_there_is_is_longer(values: dict[str, Any], least: int) -> None:
    assert Settings(**values).password_minimum == least
