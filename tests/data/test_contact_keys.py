"""Contact data are sealed with a key outside the database, which can be changed and without which nothing is read."""

import json
import os
import stat
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest

from data import backups
from data.__main__ import main
from data.contact_keys import ContactKeys, key_id, new_key
from data.errors import InvalidInput, Unavailable
from data.settings import Settings, read_settings
from data.store import Store, open_store
from survey import invitations, responses
from tests.small import DAY, NOW, SECRETARIAT, SLUG, frame_of, publish, refused, send

ADDRESSES = (b"post@southern.example", b"southern.example", b"office@invited.example")


@pytest.fixture(autouse=True)
def _file_of_keys(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("SOUNDINGS_CONTACT_KEY")


@pytest.fixture
def settings(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Settings:
    """A database whose keys stand in the file beside it."""
    monkeypatch.setenv("SOUNDINGS_DATABASE_URL", f"sqlite:///{tmp_path / 'soundings.db'}")
    return read_settings()


@pytest.fixture
def addressed(settings: Settings) -> Iterator[Store]:
    """A store with an address on the contact list and one in a response."""
    store = open_store(settings, migrate=True)
    publish(store)
    row = {"organisation": "Invited", "email": "office@invited.example"}
    invitations.import_frame(store, SLUG, [row], actor=SECRETARIAT, now=NOW)
    send(store)
    yield store
    store.close()


def lines(settings: Settings) -> list[str]:
    text = settings.contact_key_path.read_text()
    return [line for line in text.splitlines() if not line.startswith("#")]


def command(capsys: pytest.CaptureFixture[str], *arguments: str) -> dict[str, object]:
    assert main([*arguments, "--json"]) == 0
    found: dict[str, object] = json.loads(capsys.readouterr().out)
    return found


def addresses(store: Store) -> tuple[str, dict[str, str]]:
    (invited,) = frame_of(store)
    with store.read() as kept:
        (details,) = kept.contacts(kept.consultation(SLUG).id).values()
    return invited.email, details


def test_no_address_stands_in_the_database_or_in_a_back_up(
    addressed: Store, settings: Settings, tmp_path: Path
) -> None:
    assert addresses(addressed) == ("office@invited.example", {"contact_email": "post@southern.example"})
    backups.backup(settings, tmp_path / "copy.db")
    files = [path for path in tmp_path.iterdir() if path.is_file()]
    assert {path.name for path in files} >= {"soundings.db", "soundings.db-wal", "copy.db", "soundings.contact-key"}
    for path in files:
        assert [address for address in ADDRESSES if address in path.read_bytes()] == [], path


def test_the_key_stands_in_a_file_of_its_owner_and_in_no_back_up(
    addressed: Store, settings: Settings, tmp_path: Path
) -> None:
    path = settings.contact_key_path
    assert (path, stat.S_IMODE(path.stat().st_mode)) == (tmp_path / "soundings.contact-key", 0o600)
    (key,) = lines(settings)
    backups.backup(settings, tmp_path / "copy.db")
    addressed.close()
    for name in ("soundings.db", "copy.db"):
        assert key.encode() not in (tmp_path / name).read_bytes()


def test_a_missing_key_is_told_and_no_new_one_is_made(addressed: Store, settings: Settings) -> None:
    addressed.close()
    settings.contact_key_path.unlink()
    for migrate in (False, True):
        with refused(Unavailable, "contact_key.missing"):
            open_store(settings, migrate=migrate)
    assert not settings.contact_key_path.exists()


def test_another_key_is_told(addressed: Store, settings: Settings, monkeypatch: pytest.MonkeyPatch) -> None:
    addressed.close()
    settings.contact_key_path.write_text(new_key())
    with refused(Unavailable, "contact_key.wrong"):
        open_store(settings)
    monkeypatch.setenv("SOUNDINGS_CONTACT_KEY", new_key())
    with refused(Unavailable, "contact_key.wrong"):
        open_store(read_settings())


def test_a_key_that_is_none_is_a_wrong_setting(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SOUNDINGS_CONTACT_KEY", "secret")
    with refused(InvalidInput, "setting.invalid") as caught:
        read_settings()
    assert caught.value.params["name"] == "SOUNDINGS_CONTACT_KEY"
    assert "secret" not in str(caught.value)


def test_a_value_that_was_changed_or_moved_is_refused(tmp_path: Path) -> None:
    keys = ContactKeys(new_key(), tmp_path / "none")
    sealed = keys.seal("a@b.example", "mails.email")
    assert keys.unseal(sealed, "mails.email") == "a@b.example"
    assert keys.seal("a@b.example", "mails.email") != sealed
    for text, purpose in (
        (sealed, "invitations.email"),
        (sealed[:-6] + "AAAAA=", "mails.email"),
        ("a@b", "mails.email"),
    ):
        with refused(Unavailable, "contact_key.wrong"):
            keys.unseal(text, purpose)


def test_a_new_key_seals_everything_anew_and_a_running_app_follows(
    addressed: Store, settings: Settings, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (old,) = lines(settings)
    backups.backup(settings, tmp_path / "copy.db")
    told = command(capsys, "rotate-key")
    new, behind = lines(settings)
    assert (behind, told["key"], told["sealed_anew"]) == (old, key_id(new), 2)
    assert stat.S_IMODE(settings.contact_key_path.stat().st_mode) == 0o600
    assert addresses(addressed) == ("office@invited.example", {"contact_email": "post@southern.example"})
    code = send(addressed, now=NOW + DAY)
    addressed.close()
    assert key_id(old).encode() not in (tmp_path / "soundings.db").read_bytes()

    # the old key still opens the back-up, until it is dropped
    assert command(capsys, "restore", str(tmp_path / "copy.db"))["erased_again"] == 0
    assert addresses(open_store(settings))[0] == "office@invited.example"
    assert command(capsys, "rotate-key", "--drop-old") == {
        "key": key_id(new),
        "keys_in": str(settings.contact_key_path),
        "sealed_anew": 2,
        "dropped": 1,
    }
    assert lines(settings) == [new]
    assert addresses(open_store(settings))[0] == "office@invited.example"
    assert code


def test_a_back_up_of_another_key_is_refused_before_anything_is_changed(
    addressed: Store, settings: Settings, tmp_path: Path
) -> None:
    held = backups.backup(settings, tmp_path / "copy.db")
    addressed.close()
    own = settings.contact_key_path.read_text()
    settings.contact_key_path.write_text(new_key())
    with refused(Unavailable, "contact_key.wrong"):
        backups.restore(settings, tmp_path / "copy.db")
    settings.contact_key_path.write_text(own)
    assert list(tmp_path.glob("*before-restore*")) == []
    assert backups.contents(settings) == held


def test_on_a_server_no_key_is_made_that_other_machines_would_not_have(tmp_path: Path) -> None:
    with refused(Unavailable, "contact_key.server"):
        ContactKeys("", tmp_path / "key", may_make=False).make()
    assert not (tmp_path / "key").exists()


def test_old_back_ups_are_found_and_the_database_itself_never(addressed: Store, settings: Settings) -> None:
    path = settings.sqlite_path or Path()
    old, fresh, strange = (path.with_name(name) for name in ("old.db", "fresh.db", "notes.db"))
    for target in (old, fresh):
        backups.backup(settings, target)
    strange.write_text("not ours")
    addressed.close()
    for each in (path, old, strange):
        os.utime(each, (1_600_000_000, 1_600_000_000))
    assert backups.old_backups(settings, path.parent, now=datetime.now(UTC)) == (old,)


def test_keys_of_the_environment_are_changed_there(
    addressed: Store, settings: Settings, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    (old,) = lines(settings)
    addressed.close()
    settings.contact_key_path.unlink()
    monkeypatch.setenv("SOUNDINGS_CONTACT_KEY", old)
    assert main(["rotate-key"]) == 1
    assert "python -m data new-key" in capsys.readouterr().err
    new = str(command(capsys, "new-key")["key"])
    monkeypatch.setenv("SOUNDINGS_CONTACT_KEY", f"{new}, {old}")
    assert command(capsys, "rotate-key")["sealed_anew"] == 2
    monkeypatch.setenv("SOUNDINGS_CONTACT_KEY", new)
    assert addresses(open_store(read_settings()))[0] == "office@invited.example"
    assert new not in json.dumps(command(capsys, "where"))


def test_a_file_that_cannot_be_written_is_told(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "taken").write_text("")
    monkeypatch.setenv("SOUNDINGS_CONTACT_KEY_FILE", str(tmp_path / "taken" / "key"))
    monkeypatch.setenv("SOUNDINGS_DATABASE_URL", f"sqlite:///{tmp_path / 'soundings.db'}")
    with pytest.raises(Unavailable, match="contact_key"):
        open_store(read_settings(), migrate=True)


def test_the_address_is_found_where_it_was_given(addressed: Store) -> None:
    code = send(addressed, contact_email="other@southern.example")
    assert responses.resume(addressed, code, now=NOW).state.answers["contact_email"] == "other@southern.example"
