"""The drill: what is restored is what was backed up, from and into either database."""

from collections.abc import Iterator
from datetime import date, timedelta
from pathlib import Path

import pytest

from data import backups
from data.errors import InvalidInput
from data.records import ResponseStatus
from data.settings import Settings
from data.store import Store, open_store
from survey import responses
from tests import databases
from tests.small import NOW, SENT, SLUG, refused, send

FIRST = date(2026, 12, 1)


@pytest.fixture
def empty(on_database: None, tmp_path: Path) -> Iterator[Settings]:
    """A database of the kind that is tested, with nothing in it."""
    yield databases.settings_for(tmp_path / "empty.db")
    databases.dropped(tmp_path / "empty.db")


def test_the_drill_gives_back_the_same_content(
    small: Store, settings: Settings, empty: Settings, tmp_path: Path
) -> None:
    code = send(small)
    made = backups.backup(settings, tmp_path / "backup.db")
    assert backups.contents(settings) == backups.look_into(tmp_path / "backup.db") == made
    backups.restore(empty, tmp_path / "backup.db")
    assert backups.contents(empty) == made
    restored = open_store(empty)
    assert responses.resume(restored, code, now=NOW).response.submission == SENT
    later = send(restored, org_name="Later")  # new keys follow those that came
    with restored.read() as kept:
        sent = kept.responses(kept.consultation(SLUG).id, status=ResponseStatus.SUBMITTED)
    assert (len(sent), later == code) == (2, False)
    restored.close()


def test_whatever_changes_changes_the_content(small: Store, settings: Settings) -> None:
    before = backups.contents(settings)
    assert backups.contents(settings) == before
    with small.write() as kept:
        kept.record(at=NOW, actor="a", action="b", subject="c", details={"ç": [1, None, "x"]})
    assert backups.contents(settings).content != before.content


def test_a_back_up_of_a_server_is_readable_as_an_embedded_database(
    small: Store, settings: Settings, tmp_path: Path
) -> None:
    code = send(small)
    backups.backup(settings, tmp_path / "backup.db")
    embedded = open_store(Settings(database_url=f"sqlite:///{tmp_path / 'backup.db'}"))
    assert responses.resume(embedded, code, now=NOW).response.submission == SENT
    embedded.close()


@pytest.mark.server
def test_a_server_with_something_in_it_is_not_overwritten(small: Store, settings: Settings, tmp_path: Path) -> None:
    backups.backup(settings, tmp_path / "backup.db")
    before = backups.contents(settings)
    with refused(InvalidInput, "backup.not_empty"):
        backups.restore(settings, tmp_path / "backup.db")
    assert backups.contents(settings) == before


def test_scheduled_back_ups_are_named_by_their_day_and_the_oldest_go(
    small: Store, settings: Settings, tmp_path: Path
) -> None:
    planned = settings.model_copy(update={"backup_folder": str(tmp_path / "nightly"), "backups_kept": 2})
    made = [backups.scheduled(planned, FIRST + timedelta(days=number)) for number in (0, 1, 1, 2)]
    assert [path is None for path in made] == [False, False, True, False]
    names = sorted(path.name for path in (tmp_path / "nightly").iterdir())
    assert names == ["soundings-2026-12-02.db", "soundings-2026-12-03.db"]
    assert {path.stat().st_mode & 0o077 for path in (tmp_path / "nightly").iterdir()} == {0}
