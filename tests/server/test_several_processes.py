"""Two app processes on one PostgreSQL server behind the proxy, as in compose.yaml; one is killed under load."""

import asyncio
import re
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests import databases, small
from tests.load import many
from tests.load.arrangement import NO_PROXY, Arrangement, Client, arranged, haproxy

ROOT = Path(__file__).resolve().parents[2]
PASSWORD = "seven green lanterns"
PEOPLE = 24
SENDERS = 12
pytestmark = pytest.mark.skipif(haproxy() is None, reason=NO_PROXY)


@pytest.fixture(scope="module")
def arrangement(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Arrangement]:
    """Two processes with the small consultation, open without end."""
    folder = tmp_path_factory.mktemp("several")
    with arranged(folder, databases.served(folder / "several.db")) as found:
        assert found.upgrade() == (0, 0)
        store = found.store()
        small.publish(store, opens_at=None, deadline_at=None, closes_at=None)
        store.close()
        found.start()
        yield found


@pytest.fixture(scope="module")
def staff(arrangement: Arrangement) -> Client:
    """The first administrator, who used the link that the second process printed."""
    first, second = (arrangement.administrator_token(number) for number in (0, 1))
    client = arrangement.client()
    assert client.ask("GET", f"/account/link?t={first}")[0] == 200
    fields = {"t": second, "login": "ada", "name": "Ada", "password": PASSWORD}
    assert client.ask("POST", "/account/link", fields)[0] == 303
    assert client.ask("GET", f"/account/link?t={first}")[0] == 403
    return client


def test_the_work_of_the_day_and_its_backup_are_done_by_one_process(arrangement: Arrangement) -> None:
    until = time.monotonic() + 30
    while not list(arrangement.backups.glob("*.db")) and time.monotonic() < until:
        time.sleep(0.1)
    assert [path.suffix for path in arrangement.backups.iterdir()] == [".db"]
    logs = [arrangement.log(number) for number in (0, 1)]
    assert sum(log.count("head of the log of acts") for log in logs) == 1
    assert "ERROR" not in "".join(logs)


def test_a_start_page_of_one_process_is_sent_to_the_other(arrangement: Arrangement) -> None:
    _status, page = arrangement.direct(0, "GET", "/f/small")
    fields = {name: re.search(rf'name="?{name}"? value="([^"]*)"', page) for name in ("t", "lang")}
    sent = {name: found[1] for name, found in fields.items() if found}
    assert "t" in sent
    time.sleep(1.1)
    assert arrangement.direct(1, "POST", "/f/small", {**sent, "act": "begin"})[0] == 303


def test_wrong_codes_at_both_processes_are_counted_together(arrangement: Arrangement) -> None:
    guesser = arrangement.client("203.0.113.7")
    statuses = [guesser.ask("GET", f"/f/small?r=ABCD-EFGH-{number:04d}")[0] for number in range(60)]
    assert set(statuses) <= {400, 404}
    time.sleep(2.5)
    assert {arrangement.client("203.0.113.7").ask("GET", "/f/small?r=ABCD-EFGH-JKMN-P")[0] for _ in range(6)} == {429}
    assert arrangement.client("203.0.113.8").ask("GET", "/f/small")[0] == 200


def test_the_proxy_speaks_tls_and_marks_only_pages_that_live_in_a_process(arrangement: Arrangement) -> None:
    light, page = arrangement.client(), arrangement.client()
    assert light.ask("GET", "/f/small")[0] == page.ask("GET", "/respond?c=small")[0] == 200
    assert (light.cookies, page.process in (0, 1)) == ({}, True)
    assert "__Host-soundings_visit" in page.cookies
    assert [page.ask("GET", "/")[0] for _ in range(4)] == [200] * 4
    assert "c=small" not in arrangement.proxy_log


def test_one_process_is_killed_under_load_and_nothing_is_lost(arrangement: Arrangement, staff: Client) -> None:
    store = arrangement.store()
    codes, senders = many.drafts(store, PEOPLE), many.drafts(store, SENDERS, whole=True)
    begun, sent, revisions = many.counts(store)
    pages = (many.Tab(staff, "people"), many.Tab(staff, "respond", {"c": small.SLUG, "r": codes[0]}))
    killed = staff.process
    tally, waits = asyncio.run(
        many.crowd(arrangement, codes, senders, every=0.8, before=3, after=5, kill=killed, pages=pages)
    )
    assert tally.errors == []
    assert len(waits.between(-3, 0)) > PEOPLE
    assert len(waits.between(2, 5)) > PEOPLE
    assert many.missing(store, tally) == 0
    # No response came twice, and every one that was sent has been sent once.
    assert many.counts(store) == (begun - SENDERS, sent + SENDERS, revisions + SENDERS)
    assert waits.sent == SENDERS
    before, afterwards = (many.percentile(waits.between(*span), 0.95) for span in ((-3, 0), (2, 5)))
    assert afterwards < max(3 * before, 2.0)  # of a machine that others use as well
    # The staff member and the respondent go on at the other process, in a session that begins anew from the database.
    assert staff.process == 1 - killed
    assert b"ada" in pages[0].words
    assert b"About you" in pages[1].words
    store.close()
