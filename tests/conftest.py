"""Stores for tests: real SQLite files in temporary folders."""

import os
import shutil
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest

from data.engine import backup
from data.settings import Settings
from data.store import Store, open_store
from survey import demo
from survey.access import OPERATOR
from tests import small as small_consultation

CONTACT_KEY = "dGhlIGtleSBvZiBhbGwgdGVzdHMsIDMyIGJ5dGVzISE="
"""One key for all tests, so that copies of a database can be opened at another path."""
os.environ["SOUNDINGS_CONTACT_KEY"] = CONTACT_KEY


def settings_for(path: Path) -> Settings:
    """Default settings, with the database at that path."""
    return Settings(database_url=f"sqlite:///{path}")


@pytest.fixture(autouse=True)
def _no_settings_from_outside(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in Settings.model_fields.keys() - {"contact_key"}:
        monkeypatch.delenv(f"SOUNDINGS_{name.upper()}", raising=False)


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    """Settings that name a database in the test's own folder, not made yet."""
    return settings_for(tmp_path / "soundings.db")


@pytest.fixture
def store(settings: Settings) -> Iterator[Store]:
    """An empty store with the newest schema."""
    opened = open_store(settings, migrate=True)
    yield opened
    opened.close()


@pytest.fixture(scope="session")
def _small_database(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("small") / "small.db"
    opened = open_store(settings_for(path), migrate=True)
    small_consultation.publish(opened)
    opened.close()
    return path


@pytest.fixture
def small(_small_database: Path, settings: Settings) -> Iterator[Store]:
    """A store in which the small consultation (tests/small.py) is published."""
    shutil.copy(_small_database, str(settings.sqlite_path))
    opened = open_store(settings)
    yield opened
    opened.close()


@pytest.fixture(scope="session")
def demo_settings(tmp_path_factory: pytest.TempPathFactory) -> Settings:
    """Settings of the database that holds the demo; only to be read."""
    return settings_for(tmp_path_factory.mktemp("demo") / "demo.db")


@pytest.fixture(scope="session")
def demo_store(demo_settings: Settings) -> Iterator[Store]:
    """The demo consultation with its 461 replies, loaded once; only to be read."""
    opened = open_store(demo_settings, migrate=True)
    demo.load(opened, actor=OPERATOR, now=datetime(2027, 1, 15, 12, tzinfo=UTC))
    yield opened
    opened.close()


@pytest.fixture
def demo_copy(demo_store: Store, demo_settings: Settings, tmp_path: Path) -> Iterator[Store]:
    """A copy of the demo that a test may change."""
    path = tmp_path / "demo.db"
    backup(demo_settings, path)
    opened = open_store(settings_for(path))
    yield opened
    opened.close()


@pytest.fixture
def environment(monkeypatch: pytest.MonkeyPatch) -> Callable[[Settings], None]:
    """Puts the address of a database into the environment, where the commands read it."""
    return lambda chosen: monkeypatch.setenv("SOUNDINGS_DATABASE_URL", chosen.database_url)
