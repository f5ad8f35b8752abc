"""Stores for tests: real SQLite files in temporary folders, or databases on a real PostgreSQL server (databases.py)."""

from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest

from data.settings import Settings
from data.store import Store, open_store
from survey import demo
from survey.access import OPERATOR
from tests import small as small_consultation
from tests.databases import copied, dropped, settings_for


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """What drives a browser comes last: Playwright keeps a loop open in this thread, beside which no other can run."""
    items.sort(key=lambda item: "browser" in getattr(item, "fixturenames", ()))


@pytest.fixture(autouse=True)
def _no_settings_from_outside(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in Settings.model_fields.keys() - {"contact_key"}:
        monkeypatch.delenv(f"SOUNDINGS_{name.upper()}", raising=False)


@pytest.fixture
def settings(tmp_path: Path) -> Iterator[Settings]:
    """Settings that name a database of the test's own, without tables."""
    yield settings_for(tmp_path / "soundings.db")
    dropped(tmp_path / "soundings.db")


@pytest.fixture
def store(settings: Settings) -> Iterator[Store]:
    """An empty store with the newest schema."""
    opened = open_store(settings, migrate=True)
    yield opened
    opened.close()


@pytest.fixture(scope="session")
def _small_database(tmp_path_factory: pytest.TempPathFactory) -> Settings:
    settings = settings_for(tmp_path_factory.mktemp("small") / "small.db")
    opened = open_store(settings, migrate=True)
    small_consultation.publish(opened)
    opened.close()
    return settings


@pytest.fixture
def small(_small_database: Settings, tmp_path: Path) -> Iterator[Store]:
    """A store in which the small consultation (tests/small.py) is published; it is that of the fixture `settings`."""
    opened = open_store(copied(_small_database, tmp_path / "soundings.db"))
    yield opened
    opened.close()
    dropped(tmp_path / "soundings.db")


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
    demo_store.close()  # it opens again by itself
    opened = open_store(copied(demo_settings, tmp_path / "demo.db"))
    yield opened
    opened.close()
    dropped(tmp_path / "demo.db")


@pytest.fixture
def environment(monkeypatch: pytest.MonkeyPatch) -> Callable[[Settings], None]:
    """Puts the address of a database into the environment, where the commands read it."""
    return lambda chosen: monkeypatch.setenv("SOUNDINGS_DATABASE_URL", chosen.database_url)
