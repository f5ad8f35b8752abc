"""One server with the demo for all tests that do not stop it, and the means to act beside it."""

import re
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from data.backups import backup
from data.settings import Settings
from data.store import Store
from survey import demo, people, publications, responses, saving
from survey.access import OPERATOR, Role
from survey.xlsform.sheets import read_sheets
from tests.server.process import Server, now

OPEN = "open-form"
PASSWORD = "a long enough one"
LINK = re.compile(r"^Create the first administrator \(once\): (http\S+/account/link\?t=\S+)$", re.MULTILINE)
STORY = {"consent": "agree", "publish": "named", "story_yes": "yes"}

COMPLETE = {
    "consent": "agree",
    "publish": "named",
    "org_name": "Étoile <b>",
    "country": "FRA",
    "region": "weu",
    "org_type": "cbo",
    "work_level": ["local"],
    "fields": ["prev"],
    "work_challenges": ["c01"],
    "ecosoc": "none",
    "prio_1": "c01",
    "part_done": "no",
    "finding": "A finding",
    "recommendation": "A recommendation",
    "contact_email": "secret@example.org",
}


@pytest.fixture(scope="session")
def server(demo_loaded: Settings, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """A server in demo mode over the demo's data and an open consultation without dates."""
    path = tmp_path_factory.mktemp("server") / "soundings.db"
    backup(demo_loaded, path)
    running = Server(path, demo="true")
    try:
        running.wait()
        store = running.store()
        publications.publish(
            store, read_sheets(demo.FORM), slug=OPEN, title=demo.TITLE, actor=OPERATOR, now=now(), fictional=True
        )
        store.close()
        yield running
    finally:
        running.stop()


@pytest.fixture
def beside(server: Server) -> Iterator[Store]:
    """The server's database, opened by the test."""
    store = server.store()
    yield store
    store.close()


@pytest.fixture
def draft(beside: Store) -> Callable[[], str]:
    """Makes a draft that asks for a file, and hands over its code."""

    def make() -> str:
        code = responses.begin(beside, OPEN, language="en", channel="app", now=now())
        saving.save(beside, code, STORY, seen={}, section="s7", language="en", now=now())
        return code

    return make


@pytest.fixture(scope="session")
def cookies(server: Server) -> dict[Role, str]:
    """A session cookie of the demo accounts, by role."""
    return {role: server.form("/account/demo", {"login": login}).cookie for login, role in people.DEMO_PEOPLE.items()}


@pytest.fixture(scope="session")
def own(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """A server that began with nothing and is not in demo mode; "ada" became its administrator by its link."""
    server = Server(tmp_path_factory.mktemp("own") / "own.db")
    try:
        server.wait()
        (link,) = LINK.findall(server.printed)
        fields = {"t": link.rsplit("=", 1)[1], "login": "ada", "name": "Ada", "password": PASSWORD}
        assert server.form("/account/link", fields).status == 303
        yield server
    finally:
        server.stop()


@pytest.fixture
def database(tmp_path: Path) -> Path:
    """Where a server of one test keeps its data."""
    return tmp_path / "own.db"
