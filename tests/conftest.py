"""Stores for tests: real SQLite files in temporary folders, or databases on a real PostgreSQL server (databases.py)."""

from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from pathlib import Path

import hypothesis
import pytest
from xdist.remote import Producer
from xdist.scheduler import LoadScopeScheduling
from xdist.workermanage import WorkerController

from data.settings import Settings
from data.store import Store, open_store
from survey import demo
from survey.access import OPERATOR
from tests import small as small_consultation
from tests.databases import ON_SERVER, copied, dropped, server, settings_for

hypothesis.settings.register_profile("soundings", deadline=None)  # a slow day is no fault
hypothesis.settings.load_profile("soundings")

BROWSER = "tests/browser/"
BROWSER_SECONDS = 240
"""A tab that is lost answers no call, and some calls have no limit of their own."""


def pytest_configure() -> None:
    """On a server: it runs before any process of the run needs it."""
    if ON_SERVER:
        server()


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """On a server, what needs no database is left out. What drives a browser stands together: Playwright keeps a loop
    open in its thread, beside which no other can run, until the last of its file is done."""
    if ON_SERVER:
        left_out = [item for item in items if not _needs_database(item)]
        items[:] = [item for item in items if _needs_database(item)]
        config.hook.pytest_deselected(items=left_out)
    items.sort(key=lambda item: not item.nodeid.startswith(BROWSER))
    for item in items:
        if item.nodeid.startswith(BROWSER) and item.get_closest_marker("long") is None:
            item.add_marker(pytest.mark.timeout(BROWSER_SECONDS, method="thread"))


def _needs_database(item: pytest.Item) -> bool:
    return "on_database" in getattr(item, "fixturenames", ()) or item.get_closest_marker("server") is not None


def pytest_xdist_make_scheduler(config: pytest.Config, log: Producer) -> LoadScopeScheduling:
    """With several processes, a file stays in one of them, and all that drives a browser, so that no browser waits for
    another."""
    return _ByFile(config, log)


class _ByFile(LoadScopeScheduling):
    def _assign_work_unit(self, node: WorkerController) -> None:
        if BROWSER in self.workqueue:  # the longest begins first
            self.workqueue.move_to_end(BROWSER, last=False)
        super()._assign_work_unit(node)

    def _split_scope(self, nodeid: str) -> str:
        file = nodeid.partition("::")[0]
        return BROWSER if file.startswith(BROWSER) else file


@pytest.fixture(autouse=True)
def _no_settings_from_outside(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in Settings.model_fields.keys() - {"contact_key"}:
        monkeypatch.delenv(f"SOUNDINGS_{name.upper()}", raising=False)


@pytest.fixture(scope="session")
def on_database() -> None:
    """Whatever needs a database asks for this first; by it a run on a server chooses its tests."""


@pytest.fixture
def settings(on_database: None, tmp_path: Path) -> Iterator[Settings]:
    """Settings that name a database of the test's own, without tables."""
    yield settings_for(tmp_path / "soundings.db")
    dropped(tmp_path / "soundings.db")


@pytest.fixture(scope="session")
def newest(on_database: None, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Settings]:
    """A database with the newest schema and nothing in it, to be copied: that is quicker than to migrate another."""
    path = tmp_path_factory.mktemp("newest") / "newest.db"
    settings = settings_for(path)
    open_store(settings, migrate=True).close()
    yield settings
    dropped(path)


@pytest.fixture
def store(newest: Settings, tmp_path: Path) -> Iterator[Store]:
    """An empty store with the newest schema; it is that of the fixture `settings`."""
    opened = open_store(copied(newest, tmp_path / "soundings.db"))
    yield opened
    opened.close()
    dropped(tmp_path / "soundings.db")


@pytest.fixture(scope="session")
def small_database(newest: Settings, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Settings]:
    """A database in which the small consultation (tests/small.py) is published; only to be copied."""
    path = tmp_path_factory.mktemp("small") / "small.db"
    settings = copied(newest, path)
    opened = open_store(settings)
    small_consultation.publish(opened)
    opened.close()
    yield settings
    dropped(path)


@pytest.fixture
def small(small_database: Settings, tmp_path: Path) -> Iterator[Store]:
    """A store in which the small consultation (tests/small.py) is published; it is that of the fixture `settings`."""
    opened = open_store(copied(small_database, tmp_path / "soundings.db"))
    yield opened
    opened.close()
    dropped(tmp_path / "soundings.db")


@pytest.fixture(scope="session")
def demo_loaded(newest: Settings, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Settings]:
    """A database with the demo as it is loaded, where nobody looked at anything yet; only to be copied."""
    path = tmp_path_factory.mktemp("loaded") / "loaded.db"
    settings = copied(newest, path)
    opened = open_store(settings)
    demo.load(opened, actor=OPERATOR, now=datetime(2027, 1, 15, 12, tzinfo=UTC))
    opened.close()
    yield settings
    dropped(path)


@pytest.fixture(scope="module")
def demo_settings(demo_loaded: Settings, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Settings]:
    """Settings of a database that holds the demo, which tests of a file look at together; only to be read.

    What tests of another file were shown does not stand in its ledger.
    """
    path = tmp_path_factory.mktemp("demo") / "demo.db"
    yield copied(demo_loaded, path)
    dropped(path)


@pytest.fixture(scope="module")
def demo_store(demo_settings: Settings) -> Iterator[Store]:
    """The demo consultation with its 461 replies, loaded once; only to be read."""
    opened = open_store(demo_settings)
    yield opened
    opened.close()


@pytest.fixture
def demo_copy(demo_loaded: Settings, tmp_path: Path) -> Iterator[Store]:
    """A copy of the demo that a test may change; what others looked at before is not in its ledger."""
    opened = open_store(copied(demo_loaded, tmp_path / "demo.db"))
    yield opened
    opened.close()
    dropped(tmp_path / "demo.db")


@pytest.fixture
def environment(monkeypatch: pytest.MonkeyPatch) -> Callable[[Settings], None]:
    """Puts the address of a database into the environment, where the commands read it."""
    return lambda chosen: monkeypatch.setenv("SOUNDINGS_DATABASE_URL", chosen.database_url)
