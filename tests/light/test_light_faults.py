"""The light form while the database fails: the person is told, keeps what was entered, and goes on when it is over."""

import threading
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest

from data.engine import explained, open_engine
from data.errors import Unavailable
from data.settings import Settings
from data.store import Store, open_store
from survey import responses
from tests import small
from tests.data.faults import WORDS, fault
from tests.light.conftest import Light, application
from tests.light.reader import Reader
from tests.load.network import Wire
from tests.load.postgres import RunningPostgres

pytestmark = pytest.mark.usefixtures("no_waiting")
LONG = "A long way. " * 1000


def at_second_section(reader: Reader) -> str:
    """The code of a draft whose first answers are kept, at the section that asks for a finding."""
    code = reader.open("/f/small").press("begin").code
    reader.press("next", {"consent": "agree", "publish": "named"})
    reader.press("next", {"org_name": "Southern Cross", "region": "s", "fields": ["prev"]})
    return code


def answers(store: Store, code: str) -> dict[str, object]:
    return dict(responses.resume(store, code, now=datetime.now(UTC)).state.answers)


@pytest.mark.sqlite
@pytest.mark.parametrize("kind", ["full", "read-only"])
def test_a_section_that_the_disk_does_not_take_is_shown_with_what_was_entered_and_saved_later(
    light: Light, store: Store, kind: str
) -> None:
    reader = light()
    code = at_second_section(reader)
    with fault(store, kind):
        reader.press("next", {"serv_prev": "2", "finding": LONG})
        assert (reader.status, reader.title) == (503, "Your view")
        assert WORDS[kind] in reader.words
        assert str(reader.form("next").fields["q.finding"]).strip() == LONG.strip()
        assert answers(store, code).get("finding") is None
        assert answers(store, code)["org_name"] == "Southern Cross"
    reader.press("next")
    assert (reader.status, reader.title) == (200, "A story")
    assert answers(store, code)["finding"] == LONG.strip()
    assert answers(store, code)["serv_prev"] == "2"


@pytest.mark.sqlite
def test_a_reply_that_the_disk_does_not_take_is_sent_later(light: Light, store: Store) -> None:
    reader = light()
    at_second_section(reader)
    reader.press("next", {"serv_prev": "2", "finding": "Far away."})
    reader.press("next")
    with fault(store, "read-only"):
        reader.press("send")
        assert (reader.status, reader.title) == (503, "Not saved yet")
        assert WORDS["read-only"] in reader.words
    reader.press("send")
    assert reader.title == "Thank you. Your response was received."


@pytest.mark.sqlite
def test_it_is_said_in_the_language_of_the_reader(light: Light, store: Store) -> None:
    reader = light().open("/f/small")
    with fault(store, "read-only"):
        reader.press("begin", lang="fr")
        assert (reader.status, reader.title) == (503, "Pas encore enregistré")
    reader.press("begin")
    assert reader.status == 200


# a server that goes away


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RunningPostgres]:
    with RunningPostgres(tmp_path_factory.mktemp("server")) as running:
        yield running


@pytest.mark.server
@pytest.mark.parametrize("how", ["network", "restart", pytest.param("swallowed", marks=pytest.mark.long)])
def test_what_was_entered_while_the_server_is_away_is_kept_by_the_page_and_saved_later(
    server: RunningPostgres, tmp_path: Path, how: str
) -> None:
    with Wire(server.socket) as wire:
        settings = Settings(database_url=f"postgresql://postgres@127.0.0.1:{wire.port}/postgres")
        store = open_store(settings, migrate=True)
        slug = f"small-{how}"
        small.publish(store, slug=slug, opens_at=None, deadline_at=None, closes_at=None)
        reader = Reader(application(store, settings))
        code = reader.open(f"/f/{slug}").press("begin").code
        reader.press("next", {"consent": "agree", "publish": "named"})
        away, back = {
            "network": (wire.cut, wire.join),
            "restart": (server.kill, server.start),
            "swallowed": (wire.swallow, wire.deliver),
        }[how]
        away()
        for entered in ({"org_name": "Southern Cross", "region": "s"}, {}):
            reader.press("next", entered)
            assert (reader.status, reader.title) == (503, "Not saved yet")
            assert "The database server cannot be reached." in reader.words
        back()
        reader.press("next")
        assert (reader.status, reader.title) == (200, "Your view")
        assert answers(store, code)["org_name"] == "Southern Cross"
        store.close()


@pytest.mark.long
@pytest.mark.server
def test_an_answer_of_the_server_that_is_swallowed_is_not_waited_for(server: RunningPostgres) -> None:
    with Wire(server.socket) as wire:
        engine = open_engine(Settings(database_url=f"postgresql://postgres@127.0.0.1:{wire.port}/postgres"))
        threading.Timer(0.5, wire.swallow).start()
        with pytest.raises(Unavailable) as caught, explained(), engine.connect() as connection:
            connection.exec_driver_sql("SELECT pg_sleep(60)")
        assert caught.value.code == "store.no_server"
        wire.deliver()
        with engine.connect() as connection:
            assert connection.exec_driver_sql("SELECT 1").scalar() == 1
        engine.dispose()
