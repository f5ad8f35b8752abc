"""Signing in and out by plain forms."""

import pytest

from survey import people
from survey.translator import LANGUAGES, Words
from survey.words import MESSAGES
from tests.server.conftest import PASSWORD
from tests.server.process import Answer, Server, now


def sign_in(server: Server, password: str = PASSWORD, login: str = "ada", lang: str = "en", **headers: str) -> Answer:
    """The sign-in form, sent."""
    return server.form("/account/sign-in", {"login": login, "password": password, "lang": lang}, **headers)


def test_the_right_password_sets_a_cookie_that_scripts_cannot_read(own: Server) -> None:
    answer = sign_in(own, lang="fr")
    assert answer.status == 303
    assert answer.headers["location"] == "/overview?lang=fr"
    attributes = {part.strip().lower() for part in answer.headers["set-cookie"].split(";")}
    assert {"httponly", "samesite=lax", "path=/", "max-age=43200"} <= attributes
    assert "secure" not in attributes


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_wrong_password_is_said_in_the_readers_language(language: str, own: Server) -> None:
    answer = sign_in(own, "wrong", login=f"nobody-{language}", lang=language)
    words = Words(language)
    assert answer.status == 403
    assert f'<html lang="{language}" dir="{words.direction}">' in answer.text
    assert words.translate(MESSAGES["sign_in.wrong"]) in answer.text.replace("&#39;", "'")
    assert not answer.cookie


def test_name_and_password_are_not_told_apart(own: Server) -> None:
    assert sign_in(own, "wrong").body == sign_in(own, PASSWORD, login="no-one").body


@pytest.mark.parametrize(
    "headers",
    [
        {"Origin": "https://evil.example"},
        {"Origin": "null"},
        {"Origin": "http://127.0.0.1:1"},
        {"Sec_Fetch_Site": "cross-site"},
        {"Sec_Fetch_Site": "same-site"},
    ],
)
@pytest.mark.parametrize("path", ["/account/sign-in", "/account/demo", "/account/link", "/account/sign-out"])
def test_a_form_on_another_site_is_refused(path: str, headers: dict[str, str], own: Server) -> None:
    answer = own.form(path, {"login": "ada", "password": PASSWORD, "lang": "es"}, **headers)
    assert answer.status == 403
    assert not answer.cookie


def test_a_form_of_our_own_site_is_taken(own: Server) -> None:
    origin = f"http://127.0.0.1:{own.port}"
    assert sign_in(own, Origin=origin, Sec_Fetch_Site="same-origin").status == 303
    assert sign_in(own, Origin=origin).status == 303


def test_signing_out_ends_the_session_on_the_server(own: Server) -> None:
    cookie = sign_in(own).cookie
    reach = "/export/nowhere/dashboard.xlsx"
    assert own.get(reach, Cookie=cookie).status == 404
    answer = own.form("/account/sign-out", {}, Cookie=cookie)
    assert answer.status == 303
    assert 'soundings_session=""' in answer.headers["set-cookie"]
    assert own.get(reach, Cookie=cookie).status == 403


def test_signing_out_is_never_done_by_a_link(own: Server) -> None:
    cookie = sign_in(own).cookie
    assert "soundings_session" not in own.get("/account/sign-out", Cookie=cookie).headers.get("set-cookie", "")
    assert own.get("/export/nowhere/dashboard.xlsx", Cookie=cookie).status == 404


def test_demo_accounts_are_not_there_outside_demo_mode(own: Server) -> None:
    for login in people.DEMO_PEOPLE:
        assert own.form("/account/demo", {"login": login}).status == 403


def test_demo_mode_opens_its_accounts_and_no_other(server: Server) -> None:
    assert server.form("/account/demo", {"login": "demo-secretariat"}).status == 303
    assert server.form("/account/demo", {"login": "ada"}).status == 403


def test_after_some_failures_the_account_waits(own: Server) -> None:
    store = own.store()
    administrator = people.sign_in(store, login="ada", password=PASSWORD, now=now(), hours=1)
    actor = people.actor_of(store, administrator, now=now())
    assert actor is not None
    token = people.invite(store, login="bo", name="Bo", role=actor.role, actor=actor, now=now())  # type: ignore[arg-type]
    people.accept_link(store, token, login="", name="", password=PASSWORD, now=now())
    store.close()
    for _attempt in range(people.FAILURES_BEFORE_LOCK):
        assert sign_in(own, "wrong", login="bo").status == 403
    answer = sign_in(own, PASSWORD, login="bo")
    assert answer.status == 403
    assert MESSAGES["sign_in.locked"] in answer.text


@pytest.mark.parametrize("token", ["", "made-up", "x" * 4000])
def test_a_made_up_link_is_refused_on_a_page_in_the_readers_language(token: str, own: Server) -> None:
    answer = own.get(f"/account/link?t={token}&lang=ru")
    assert answer.status == 403
    assert Words("ru").translate(MESSAGES["link.invalid"]) in answer.text


def test_a_form_full_of_rubbish_is_refused_without_a_stack_trace(own: Server) -> None:
    answer = own.call(
        "POST", "/account/sign-in", body=b"\xff\xfe%%%=&&&", headers={"Content-Type": "multipart/form-data"}
    )
    assert 400 <= answer.status < 500
    assert "Traceback" not in answer.text
