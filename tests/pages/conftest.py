"""The app over a database of its own, visited by `AppTest`; nothing is replaced but the cookies of the browser."""

from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest
from argon2 import PasswordHasher
from streamlit.runtime.context import ContextProxy

from data.settings import Settings
from data.store import Store, open_store
from survey import demo, grants, people, publications
from survey.access import OPERATOR, ConsultationRole, Role
from survey.ui import resources
from survey.xlsform.sheets import read_sheets
from tests.databases import copied, dropped, settings_for
from tests.pages.visits import COOKIES, OPEN

SignIn = Callable[[Role], str]
Member = Callable[..., str]
PASSWORD = "a long enough one"


@pytest.fixture(scope="session")
def _open_settings(newest: Settings, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Settings]:
    path = tmp_path_factory.mktemp("open") / "open.db"
    settings = copied(newest, path)
    store = open_store(settings)
    publications.publish(
        store,
        read_sheets(demo.FORM),
        slug=OPEN,
        title=demo.TITLE,
        actor=OPERATOR,
        now=datetime.now(UTC),
        fictional=True,
    )
    store.close()
    yield settings
    dropped(path)


@pytest.fixture(autouse=True)
def _cookies(monkeypatch: pytest.MonkeyPatch) -> None:
    """AppTest has no way to give a session cookies or an address; None is that of the machine itself."""
    monkeypatch.setattr(ContextProxy, "cookies", property(lambda _self: dict(COOKIES)))
    monkeypatch.setattr(ContextProxy, "ip_address", property(lambda _self: None))
    COOKIES.clear()


@pytest.fixture(autouse=True)
def _patient(monkeypatch: pytest.MonkeyPatch) -> None:
    """No page goes on without what takes long on a busy machine: nothing here looks again by itself."""
    monkeypatch.setattr("analysis.lenses.PATIENCE_SECONDS", None)


@pytest.fixture(autouse=True)
def _quick_hashes(monkeypatch: pytest.MonkeyPatch) -> None:
    """As everywhere, but with less memory and time: whoever guesses passwords is another file's matter."""
    monkeypatch.setattr("survey.passwords._hasher", PasswordHasher(time_cost=1, memory_cost=1024))


@pytest.fixture(autouse=True)
def _no_waiting(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("survey.guard.LEAST_SECONDS", 0.0)


@pytest.fixture
def app_store(on_database: None, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Callable[[], Store]]:
    """Opens the database in the test's own folder the way that the pages do."""
    monkeypatch.setenv("SOUNDINGS_DATABASE_URL", settings_for(tmp_path / "soundings.db").database_url)
    yield resources.store
    resources.store().close()
    dropped(tmp_path / "soundings.db")


@pytest.fixture
def empty(newest: Settings, tmp_path: Path, app_store: Callable[[], Store]) -> Store:
    """An app without a consultation."""
    copied(newest, tmp_path / "soundings.db")
    return app_store()


@pytest.fixture
def opened(_open_settings: Settings, tmp_path: Path, app_store: Callable[[], Store]) -> Store:
    """An app whose one consultation OPEN (the demo's questionnaire, without dates) takes answers and has none."""
    copied(_open_settings, tmp_path / "soundings.db")
    return app_store()


@pytest.fixture
def loaded(demo_loaded: Settings, tmp_path: Path, app_store: Callable[[], Store]) -> Store:
    """An app with the demo's replies and contact frame."""
    copied(demo_loaded, tmp_path / "soundings.db")
    return app_store()


@pytest.fixture
def sign_in() -> SignIn:
    """A session cookie for a role, valid in the store that the app has open."""

    def cookie(role: Role) -> str:
        store, now = resources.store(), datetime.now(UTC)
        if role is not Role.ADMINISTRATOR:
            login = next(login for login, its_role in people.DEMO_PEOPLE.items() if its_role is role)
            return people.sign_in_demo(store, login, demo=True, now=now, hours=1)
        token = people.first_administrator_link(store, now=now)
        if token is not None:
            people.accept_link(store, token, login="ada", name="Ada Admin", password=PASSWORD, now=now)
        return people.sign_in(store, login="ada", password=PASSWORD, now=now, hours=1)

    return cookie


@pytest.fixture
def member() -> Member:
    """A session cookie of a member with that role in a consultation."""

    def cookie(login: str, role: ConsultationRole | None, consultation: str = OPEN, **part: list[str]) -> str:
        store, now = resources.store(), datetime.now(UTC)
        with store.read() as kept:
            known = kept.credentials(login) is not None
        if not known:
            token = people.invite(store, login=login, name=login.title(), role=Role.MEMBER, actor=OPERATOR, now=now)
            people.accept_link(store, token, login="", name="", password=PASSWORD, now=now)
        if role is not None:
            grants.grant(store, consultation, login, role, actor=OPERATOR, now=now, **part)  # type: ignore[arg-type]
        return people.sign_in(store, login=login, password=PASSWORD, now=now, hours=1)

    return cookie
