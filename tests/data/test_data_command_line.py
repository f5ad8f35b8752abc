"""`python -m data`: upgrade, backup, restore, where."""

import json
import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from data.__main__ import main
from data.engine import newest_revision
from data.settings import Settings
from data.store import open_store
from tests.databases import not_there
from tests.small import publish, send

ROOT = Path(__file__).parents[2]


@pytest.fixture(autouse=True)
def _chosen(environment: Callable[[Settings], None], settings: Settings) -> None:
    environment(settings)


def printed(capsys: pytest.CaptureFixture[str], *arguments: str) -> object:
    """The one JSON document on standard output of a command that succeeds in silence."""
    assert main([*arguments, "--json"]) == 0
    captured = capsys.readouterr()
    assert captured.err == ""
    return json.loads(captured.out)


def refused(capsys: pytest.CaptureFixture[str], *arguments: str) -> str:
    """What standard error says of a command that cannot be done; standard output stays empty."""
    assert main([*arguments, "--json"]) == 1
    captured = capsys.readouterr()
    assert captured.out == ""
    return captured.err


def test_upgrade_makes_the_database_and_does_nothing_the_second_time(
    settings: Settings, capsys: pytest.CaptureFixture[str]
) -> None:
    newest = newest_revision()
    for before in ("", newest):
        assert printed(capsys, "upgrade") == {
            "database": settings.database_shown,
            "before": before,
            "revision": newest,
        }


def test_where_hides_the_password_of_the_mail_server(
    settings: Settings, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("SOUNDINGS_SMTP_URL", "smtps://user:s%40cret@mail.example:465")
    monkeypatch.setenv("SOUNDINGS_OIDC_CLIENT_SECRET", "of the client")
    shown = printed(capsys, "where")["settings"]
    assert (shown["smtp_url"], shown["oidc_client_secret"]) == ("smtps://…@mail.example:465", "…")


def test_where_prints_the_address_and_every_setting(settings: Settings, capsys: pytest.CaptureFixture[str]) -> None:
    assert printed(capsys, "where") == {
        "database": settings.database_shown,
        "settings": {
            "database_connections": 8,
            "backup_folder": "",
            "backups_kept": 14,
            "secrets_folder": "",
            "address": "127.0.0.1",
            "port": 8501,
            "public_url": "",
            "proxies": 0,
            "hosts": "",
            "demo": False,
            "upload_limit_mb": 10,
            "draft_days": 180,
            "rate_limits": True,
            "session_hours": 12,
            "session_idle_minutes": 60,
            "secure_cookies": False,
            "password_length": 0,
            "require_second_factor": False,
            "oidc_issuer": "",
            "oidc_client_id": "",
            "oidc_client_secret": "",
            "oidc_name": "",
            "oidc_scopes": "openid email profile",
            "oidc_login_claim": "email",
            "oidc_acr": "",
            "oidc_amr": "",
            "oidc_accounts": "",
            "password_sign_in": True,
            "contact_key_file": "",
            "erasure_journal": str(settings.erasure_journal_path),
            "column_files": True,
            "column_folder": str(settings.column_path or ""),
            "counting": "arrays",
            "counting_memory_mb": 1000,
            "backup_days": 35,
            "controller": "",
            "controller_contact": "",
            "data_protection_officer": "",
            "recipients": "",
            "transfers": "",
            "smtp_url": "",
            "mail_from": "",
            "mail_pause_seconds": 1.0,
        },
    }
    assert settings.sqlite_path is None or not settings.sqlite_path.exists()


def test_backup_and_restore_say_what_they_did(
    settings: Settings, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    store = open_store(settings, migrate=True)
    publish(store)
    send(store)
    target = tmp_path / "copy.db"
    done = printed(capsys, "backup", str(target))
    held = printed(capsys, "contents")
    assert done == {"backup": str(target), "size_bytes": target.stat().st_size, **held}
    assert printed(capsys, "contents", str(target)) == held
    assert held["rows"] > 0
    store.close()
    if settings.sqlite_path is None:  # a server's database is not replaced
        assert "is not empty, and nothing in it is overwritten" in refused(capsys, "restore", str(target))
        return
    assert printed(capsys, "restore", str(target)) == {
        "restored": str(target),
        "replaced_kept_as": str(tmp_path / "soundings.before-restore-1.db"),
        "erased_again": 0,
    }


def test_without_json_a_result_is_lines_to_read(settings: Settings, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["upgrade"]) == 0
    assert capsys.readouterr().out.splitlines() == [
        f"database: {settings.database_shown}",
        "before: ",
        f"revision: {newest_revision()}",
    ]


def test_what_cannot_be_done_is_told_on_standard_error(
    settings: Settings, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    target = tmp_path / "copy.db"
    assert refused(capsys, "backup", str(target)) == not_there(settings)
    assert refused(capsys, "restore", str(target)) == f"There is no file {target}.\n"
    target.write_text("no database")
    assert refused(capsys, "restore", str(target)) == (
        f"The file {target} is not a back-up of Soundings. Nothing was changed.\n"
    )
    open_store(settings, migrate=True).close()
    assert refused(capsys, "backup", str(target)) == f"The file {target} exists already. Choose another name.\n"


def test_a_wrong_setting_is_told_on_standard_error(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("SOUNDINGS_DATABASE_URL", "mysql://elsewhere")
    assert refused(capsys, "where") == (
        "The setting SOUNDINGS_DATABASE_URL is wrong: Value error, write sqlite:///FILE or postgresql://USER:PASSWORD@HOST/NAME.\n"
    )


@pytest.mark.parametrize("arguments", [[], ["backup"], ["restore"], ["nothing"], ["where", "too", "much"]])
def test_wrong_usage_ends_with_two(arguments: list[str]) -> None:
    with pytest.raises(SystemExit) as caught:
        main(arguments)
    assert caught.value.code == 2


def test_the_module_runs_as_a_program(settings: Settings) -> None:
    run = subprocess.run(
        [sys.executable, "-m", "data", "backup", "nowhere.db"],
        cwd=ROOT,
        env={**os.environ, "SOUNDINGS_DATABASE_URL": settings.database_url},
        capture_output=True,
        text=True,
        check=False,
    )
    assert (run.returncode, run.stdout, run.stderr) == (
        1,
        "",
        not_there(settings),
    )
