"""Some of the bad requests of `python -m tests.fuzz.requests`, in each run of the tests."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from data.store import open_store
from tests import databases
from tests.fuzz.requests import ROUTES, SLUG, Outcome, bombard, fault_of, leads_away, prepared
from tests.server.process import Server
from tests.server.reading import read_page, with_texts


def test_bad_requests_break_nothing(tmp_path: Path) -> None:
    server = Server(tmp_path / "fuzz.db", demo="true", rate_limits="false")
    try:
        server.wait()
        statuses, findings = bombard(server, prepared(server), count=500, seconds=120, seed=20)
    finally:
        server.stop()
    assert findings == []
    assert statuses.total() == 500
    assert {200, 400, 403, 404} <= set(statuses)


@pytest.mark.long
def test_ten_thousand_bad_requests_break_nothing(tmp_path: Path) -> None:
    server = Server(tmp_path / "fuzz.db", demo="true", rate_limits="false")
    try:
        server.wait()
        statuses, findings = bombard(server, prepared(server), count=10_000, seconds=1800, seed=1)
    finally:
        server.stop()
    assert findings == []
    assert statuses.total() == 10_000


def test_every_route_of_ours_is_asked() -> None:
    import app  # slow import: the whole program

    asked = {_shape(route) for route in ROUTES}
    ours = {_shape(route.path) for route in app.app._user_routes}
    assert {one for one in ours if not one.startswith(("/look/", "/respond", "/f/"))} - asked <= _STAFF_PAGES


_STAFF_PAGES = {
    f"/{name}"
    for name in (
        "overview",
        "monitor",
        "review",
        "explore",
        "voices",
        "recommend",
        "meet",
        "take-away",
        "report",
        "prepare",
        "collect",
        "people",
        "log",
        "my-account",
    )
}
"""One of them, /home, stands for all: they have the same route."""


def _shape(path: str) -> str:
    parts = path.replace(".{word}", "").replace("{word}.{kind}", "{}").replace(".{kind}", ".{}").split("/")
    return "/".join(
        "{}" if part.startswith("{") else part.replace("{format:str}", "{}").replace("{format}", "{}") for part in parts
    )


@pytest.mark.parametrize(
    ("outcome", "fault"),
    [
        (Outcome(500, b""), "status 500"),
        (Outcome(503, b""), "status 503"),
        (Outcome(-1, b""), "no answer in time"),
        (Outcome(200, b"Traceback (most recent call last)"), "the answer shows a trace"),
        (Outcome(307, b"", "//evil.example/"), "it leads to //evil.example/"),
        (Outcome(404, b"nothing here"), ""),
        (Outcome(0, b""), ""),
    ],
)
def test_a_finding_is_seen(outcome: Outcome, fault: str) -> None:
    assert fault_of(outcome) == fault


@pytest.mark.parametrize(
    "away", ["https://evil.example", "//evil.example", "/\\evil.example", "\t//evil.example", "javascript:1"]
)
def test_a_redirect_to_elsewhere_is_seen_as_a_browser_sees_it(away: str) -> None:
    assert leads_away(away)
    assert not leads_away("/monitor?lang=fr") and not leads_away("../respond?c=//evil.example")


@pytest.fixture
def on_a_server(tmp_path: Path) -> Iterator[Server]:
    """The program over a database on a PostgreSQL server, which is stricter than a file."""
    path = tmp_path / "fuzz.db"
    settings = databases.served(path)
    open_store(settings, migrate=True).close()
    running = Server(path, address=settings.database_url, demo="true", rate_limits="false")
    try:
        yield running.wait()
    finally:
        running.stop()
        databases.dropped(path)


@pytest.mark.server
def test_a_nul_sign_in_a_socket_breaks_no_page_on_a_database_server(on_a_server: Server) -> None:
    known = prepared(on_a_server)
    cookie, port, fields = f"soundings_session={known.session}", on_a_server.port, 0
    for page in ("log", "collect", "voices", "monitor", "prepare"):
        found, said = with_texts(port, page, "a\0b", cookie=cookie, c=SLUG)
        fields += found
        assert "Traceback" not in said
    for query in ({"c": "\0"}, {"c": SLUG, "r": "\0"}, {"c": SLUG, "r": known.codes[0]}, {}):
        fields += with_texts(port, "respond", "a\0b", **query)[0]
        read_page(port, "overview", cookie=cookie, **query)
    assert fields >= 5
    assert "Traceback" not in on_a_server.errors


@pytest.mark.server
def test_bad_requests_break_nothing_on_a_database_server(on_a_server: Server) -> None:
    known = prepared(on_a_server)
    signed_in = f"soundings_session={known.session}"
    for path, status in (
        ("/f/%00", 400),
        ("/respond?c=%00", 400),
        ("/results/%00", 400),
        (f"/export/{SLUG}/finding/999999999999999.csv", 404),
        (f"/export/{SLUG}/report/2147483648.html", 404),
    ):
        assert (path, on_a_server.get(path, Cookie=signed_in).status) == (path, status)
    for act in ("revoke:999999999999999", "revoke:1"):
        assert on_a_server.form(f"/f/{SLUG}", {"act": act, "r": known.codes[0]}).status in (303, 404)
    assert on_a_server.form("/account/sign-in", {"login": "\0", "password": "x"}).status == 400
    statuses, findings = bombard(on_a_server, known, count=400, seconds=240, seed=21)
    assert findings == []
    assert statuses.total() == 400
