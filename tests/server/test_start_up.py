"""Starting, a port in use, a power cut, and what every answer carries."""

import socket
import sqlite3
import subprocess
import sys
from contextlib import closing
from pathlib import Path

import pytest

from data.errors import InvalidInput
from data.words import MESSAGES as DATA_MESSAGES
from survey import demo, people, publications, responses, saving
from survey.access import OPERATOR, Role
from survey.words import MESSAGES
from survey.xlsform.sheets import read_sheets
from tests.server.conftest import COMPLETE, LINK, OPEN, PASSWORD, STORY
from tests.server.process import ROOT, Server, now


def test_a_first_start_prints_its_address_and_a_link_that_works_once(own: Server) -> None:
    assert own.printed.count(f"Soundings: http://127.0.0.1:{own.port}\n") == 1
    (link,) = LINK.findall(own.printed)
    path = link.split(str(own.port), 1)[1]
    assert own.get(path).status == 403
    fields = {"t": path.rsplit("=", 1)[1], "login": "eve", "name": "Eve", "password": PASSWORD}
    again = own.form("/account/link", fields)
    assert (again.status, again.cookie) == (403, "")


def test_a_link_is_used_up_only_by_a_good_password(own: Server) -> None:
    store = own.store()
    ada = people.sign_in(store, login="ada", password=PASSWORD, now=now(), hours=1)
    actor = people.actor_of(store, ada, now=now())
    assert actor is not None
    token = people.invite(store, login="cy", name="Cy", role=Role.REPORT_WRITER, actor=actor, now=now())
    store.close()
    page = own.get(f"/account/link?t={token}")
    assert (page.status, 'value="cy"' in page.text) == (200, True)
    fields = {"t": token, "login": "someone-else", "name": "", "password": "short"}
    refused = own.form("/account/link", fields)
    assert refused.status == 400
    assert MESSAGES["password.length"].format(minimum=15, maximum=1000) in refused.text
    made = own.form("/account/link", {**fields, "password": PASSWORD})
    assert made.status == 303
    assert made.cookie
    assert own.form("/account/sign-in", {"login": "cy", "password": PASSWORD}).status == 303


def test_a_power_cut_loses_nothing_that_was_answered(own: Server, tmp_path: Path) -> None:
    """The second start finds everything of the first; behind https its cookie is secure."""
    copy = tmp_path / "cut.db"
    with closing(sqlite3.connect(own.database)) as old, closing(sqlite3.connect(copy)) as new:
        old.backup(new)
    address = "https://soundings.example.org"
    cut = Server(copy, public_url=address).wait()
    assert LINK.findall(cut.printed) == []
    assert f"Soundings: {address}\n" in cut.printed
    assert "Secure" in cut.form("/account/sign-in", {"login": "ada", "password": PASSWORD}).headers["set-cookie"]
    store = cut.store()
    publications.publish(store, read_sheets(demo.FORM), slug="f", title={"en": "T"}, actor=OPERATOR, now=now())
    code = responses.begin(store, "f", language="en", channel="app", now=now())
    saving.save(store, code, STORY, seen={}, section="s7", language="en", now=now())
    store.close()
    kept = cut.upload({"code": code, "question": "story_file"}, "story.txt", b"our story")
    cut.kill()
    assert kept.status == 200
    again = Server(copy, port=cut.port)
    try:
        again.wait()
        assert again.get("/respond?c=f").status == 200
        store = again.store()
        opened = responses.resume(store, code, now=now())
        assert opened.files["story_file"].name == "story.txt"
        assert opened.state.answers["story_yes"] == "yes"
        saving.save(
            store,
            code,
            {**COMPLETE, "story_yes": "no"},
            seen=opened.state.answers,
            section="s8",
            language="en",
            now=now(),
        )
        sent = responses.submit(store, code, now=now())
        store.close()
        assert again.form("/receipts/json", {"code": code}).json["reference"] == sent.response.reference
    finally:
        again.stop()


def test_a_port_in_use_ends_the_start_with_one_clear_line(database: Path) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        server = Server(database, port=taken.getsockname()[1])
        assert server.process.wait(60) == 1
    assert f"Port {server.port} is in use." in server.errors
    assert "Traceback" not in server.errors
    assert server.printed == ""
    assert not database.exists()


def test_a_second_process_on_the_same_file_is_refused_and_says_what_several_need(own: Server) -> None:
    # Its own log, but the same database.
    second = Server(own.database.with_name("second.db"), database_url=f"sqlite:///{own.database.as_posix()}")
    assert second.process.wait(60) == 1
    assert second.errors.strip() == DATA_MESSAGES["store.served"].format(path=own.database)
    assert own.get("/_stcore/health").status == 200


@pytest.mark.parametrize(
    ("name", "value"),
    [("SOUNDINGS_PORT", "many")],
)
def test_a_wrong_setting_is_named_on_the_console(name: str, value: str, tmp_path: Path) -> None:
    environment = {"PATH": "/usr/bin", "HOME": str(tmp_path), "PYTHONDONTWRITEBYTECODE": "1", name: value}
    done = subprocess.run(
        [sys.executable, "app.py"], cwd=ROOT, env=environment, capture_output=True, text=True, timeout=60, check=False
    )
    assert done.returncode in (1, 2)
    assert name in done.stderr
    assert "Traceback" not in done.stderr


PATHS = (
    "/",
    "/respond?c=way-forward-2029",
    "/overview",
    "/monitor",
    "/export/way-forward-2029/chart/region.png",
    "/account/link?t=x",
    "/_stcore/health",
    "/_stcore/host-config",
    "/static/nothing.js",
    "/nowhere",
)


@pytest.mark.parametrize("path", PATHS)
def test_every_answer_carries_the_security_headers(path: str, server: Server) -> None:
    headers = server.get(path).headers
    policy = dict(part.strip().split(" ", 1) for part in headers["content-security-policy"].split(";"))
    assert policy["default-src"] == "'self'"
    assert policy["frame-ancestors"] == "'none'"
    assert policy["form-action"] == "'self'"
    assert policy["object-src"] == "'none'"
    assert "unsafe" not in policy["script-src"]
    assert headers["x-content-type-options"] == "nosniff"
    assert headers["x-frame-options"] == "DENY"
    assert headers["referrer-policy"] == "same-origin"
    assert headers["cross-origin-opener-policy"] == "same-origin"
    assert "camera=()" in headers["permissions-policy"]


@pytest.mark.parametrize(
    "path", ["/_stcore/metrics", "/_stcore/agent", "/_stcore/agent/openapi.json", "/_stcore/agent/sessions"]
)
@pytest.mark.parametrize("method", ["GET", "POST"])
def test_routes_of_streamlit_that_nobody_outside_needs_are_closed(path: str, method: str, server: Server) -> None:
    assert server.call(method, path).status == 404


def test_a_socket_from_another_site_is_refused(server: Server) -> None:
    headers = {
        "Connection": "Upgrade",
        "Upgrade": "websocket",
        "Sec-WebSocket-Version": "13",
        "Sec-WebSocket-Key": "dGhlIHNhbXBsZSBub25jZQ==",
        "Origin": "https://evil.example",
    }
    assert server.call("GET", "/_stcore/stream", headers=headers).status == 403


@pytest.mark.parametrize(
    ("language", "direction"),
    [("ar", "rtl"), ("fr", "ltr"), ("zh", "ltr"), ("ru", "ltr"), ("es", "ltr"), ("en", "ltr")],
)
def test_the_shell_of_the_questionnaire_has_language_direction_and_title(
    language: str, direction: str, server: Server
) -> None:
    for answer in (
        server.get(f"/respond?c={demo.SLUG}&lang={language}"),
        server.get(f"/respond?c={demo.SLUG}", Accept_Language=f"{language}-XX,de;q=0.5"),
    ):
        assert answer.status == 200
        assert f'<html lang="{language}" dir="{direction}">' in answer.text
        assert f"<title>{demo.TITLE[language]}</title>" in answer.text
        assert "<noscript><p>" in answer.text
        assert answer.headers["cache-control"] == "no-store"


def test_the_way_round_carries_code_invitation_and_language_and_no_cache_keeps_them(server: Server) -> None:
    for query in ("r=K7QF-9M2X-4TZP0", "i=K7QF-9M2X-4TZP-7H3D0"):
        answer = server.get(f"/respond?c={demo.SLUG}&lang=ar&{query}")
        assert f'href="./f/{demo.SLUG}?{query}&amp;lang=ar"' in answer.text
        assert answer.headers["cache-control"] == "no-store"
        other = server.get(f"/respond?c={demo.SLUG}&lang=ar")
        assert query not in other.text
    hostile = server.get(f"/respond?c={demo.SLUG}&r=%22%3E%3Cscript%3Ex")
    assert "<script>x" not in hostile.text


def test_the_shell_of_an_unknown_consultation_comes_without_a_foreign_word(server: Server) -> None:
    answer = server.get("/respond?c=%3Cscript%3Ex%3C/script%3E")
    assert answer.status == 200
    assert "<title>Soundings</title>" in answer.text
    assert "<script>x" not in answer.text


def test_a_choice_that_is_not_in_the_list_is_kept_out_of_what_is_sent(server: Server) -> None:
    store = server.store()
    code = responses.begin(store, OPEN, language="en", channel="app", now=now())
    opened = saving.save(store, code, {"consent": "whatever"}, seen={}, section="s0", language="en", now=now())
    assert [issue.code for issue in opened.state.state("consent").issues] == ["answer.not_a_choice"]
    with pytest.raises(InvalidInput) as refused:
        responses.submit(store, code, now=now())
    assert refused.value.code == "response.incomplete"
    with pytest.raises(InvalidInput):
        saving.save(store, code, {"no_such_question": "1"}, seen={}, section="s0", language="en", now=now())
    store.close()
    assert server.form("/respond", {"c": OPEN, "r": code, "consent": "whatever"}).status == 405


def test_the_demo_accounts_have_no_password(server: Server) -> None:
    for login in people.DEMO_PEOPLE:
        for password in ("", "!", login):
            assert server.form("/account/sign-in", {"login": login, "password": password}).status == 403
