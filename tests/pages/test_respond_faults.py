"""The full version while the database fails: it is told, the fields keep what was typed, and it is saved later."""

from datetime import UTC, datetime
from pathlib import Path

import pytest

from data.errors import Unavailable
from data.settings import Settings
from data.store import Store, open_store
from survey import responses
from survey.ui import resources
from tests import small
from tests.data.faults import WORDS, fault
from tests.load.network import Wire
from tests.load.postgres import RunningPostgres
from tests.pages.visits import OPEN, Visit


def answers(store: Store, code: str) -> dict[str, object]:
    return dict(responses.resume(store, code, now=datetime.now(UTC)).state.answers)


def _away(_store: Store) -> None:
    raise Unavailable("store.no_server")


def begun() -> Visit:
    visit = Visit("respond", c=OPEN).press("Begin")
    visit.answer(consent="agree").run().answer(publish="named").click("next")
    return visit


@pytest.mark.sqlite
@pytest.mark.parametrize("kind", ["full", "read-only"])
def test_what_the_disk_does_not_take_is_told_and_saved_later(opened: Store, kind: str) -> None:
    visit = begun()
    name = "Southern Cross " * 400
    with fault(opened, kind):
        visit.answer(org_name=name).run()
        assert WORDS[kind] in visit.words
        assert answers(opened, visit.code).get("org_name") is None
    visit.run()
    assert WORDS[kind] not in visit.words
    assert answers(opened, visit.code)["org_name"] == name.strip()


def test_what_was_typed_while_nothing_can_be_read_is_still_there_afterwards(
    opened: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    visit = begun()
    with monkeypatch.context() as patched:
        patched.setattr("data.store.Store.read", _away)
        patched.setattr("data.store.Store.write", _away)
        visit.answer(org_name="Southern Cross").run()
        assert visit.title == "This page cannot be shown"
        assert "The database server cannot be reached." in visit.words
        visit.click("try-again")
        assert visit.title == "This page cannot be shown"
    visit.click("try-again")
    assert visit.widget("q_org_name").value == "Southern Cross"
    assert answers(opened, visit.code)["org_name"] == "Southern Cross"


@pytest.mark.server
def test_what_was_typed_while_the_server_is_away_is_saved_when_it_is_back(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with RunningPostgres(tmp_path / "server") as server, Wire(server.socket) as wire:
        settings = Settings(database_url=f"postgresql://postgres@127.0.0.1:{wire.port}/postgres")
        monkeypatch.setenv("SOUNDINGS_DATABASE_URL", settings.database_url)
        store = open_store(settings, migrate=True)
        small.publish(store, opens_at=None, deadline_at=None, closes_at=None)
        visit = Visit("respond", c=small.SLUG).press("Begin")
        visit.answer(consent="agree").run().answer(publish="named").click("next")
        for name, (away, back) in {"Cut": (wire.cut, wire.join), "Killed": (server.kill, server.start)}.items():
            away()
            visit.answer(org_name=name).run()
            assert "The database server cannot be reached." in visit.words
            visit.click("try-again")
            assert visit.title == "This page cannot be shown"
            back()
            visit.click("try-again")
            assert visit.widget("q_org_name").value == name
            assert answers(store, visit.code)["org_name"] == name
        store.close()
        resources.store().close()
