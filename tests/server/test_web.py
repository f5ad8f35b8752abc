"""What Streamlit leaves open and we close, asked by real clients of a running server."""

import http.client
import socket
from contextlib import closing

import pytest

from data.store import Store
from survey import demo, responses, saving, visits
from survey.access import Role
from survey.channels.requests import key_of
from survey.words import MESSAGES
from tests.server.conftest import COMPLETE, OPEN, PASSWORD
from tests.server.process import VISIT, Server, now
from tests.server.streams import stream

ALICE = f"{visits.COOKIE}={VISIT}"
MALLORY = f"{visits.COOKIE}={'m' * 43}"
SECRET = "what Alice alone may read"


def signed_in(server: Server, login: str = "demo-secretariat", visit: str = ALICE) -> str:
    """The cookies of a browser in which somebody signed in."""
    return f"{server.form('/account/demo', {'login': login}).cookie}; {visit}"


def page_of(server: Server, beside: Store) -> str:
    """The code of a draft that holds SECRET."""
    code = responses.begin(beside, OPEN, language="en", channel="app", now=now())
    saving.save(beside, code, {**COMPLETE, "finding": SECRET}, seen={}, section="s8", language="en", now=now())
    return code


# Sessions of Streamlit


def test_a_session_is_given_back_to_the_browser_that_had_it(server: Server) -> None:
    first = stream(server.port, cookie=ALICE)
    assert first.status == 101 and first.session
    assert stream(server.port, cookie=ALICE, session=first.session).session == first.session


@pytest.mark.parametrize("thief", ["", MALLORY, f"{visits.COOKIE}=short", f"soundings_session=made-up; {ALICE}"])
def test_the_session_of_somebody_else_is_not_resumed(server: Server, beside: Store, thief: str) -> None:
    code = page_of(server, beside)
    alice = stream(server.port, "respond", {"c": OPEN, "r": code}, cookie=ALICE)
    assert alice.session and len(alice.words) > 1000
    stolen = stream(server.port, "respond", {}, cookie=thief, session=alice.session)
    assert stolen.session not in ("", alice.session)
    assert SECRET.encode() not in stolen.words and code.encode() not in stolen.words
    assert stream(server.port, cookie=ALICE, session=alice.session).session == alice.session


def test_a_thief_who_only_listens_hears_nothing(server: Server) -> None:
    alice = stream(server.port, cookie=ALICE)
    assert stream(server.port, cookie=MALLORY, session=alice.session, run=False).words == b""


def test_who_signed_out_has_no_session_back(server: Server) -> None:
    cookies = signed_in(server)
    staff = stream(server.port, "people", cookie=cookies)
    assert stream(server.port, "people", cookie=cookies, session=staff.session).session == staff.session
    assert stream(server.port, "people", cookie=ALICE, session=staff.session).session != staff.session


def test_without_a_visit_there_is_a_page_and_never_an_old_session(server: Server) -> None:
    first = stream(server.port)
    assert first.session
    assert stream(server.port, session=first.session).session != first.session


# Origins


@pytest.mark.parametrize(
    "origin",
    [
        None,
        "null",
        "http://evil.example",
        "http://localhost",
        "http://127.0.0.1",
        "http://127.0.0.1:1",
        "https://127.0.0.1:{port}",
        "http://127.0.0.1:{port}.evil.example",
        "http://user@127.0.0.1:{port}",
    ],
)
def test_a_socket_from_anywhere_else_is_refused(server: Server, origin: str | None) -> None:
    assert stream(server.port, origin=origin and origin.format(port=server.port)).status == 403


def test_a_socket_with_two_origins_is_refused(server: Server) -> None:
    assert stream(server.port, headers=[("Origin", "http://evil.example")]).status in (400, 403)


def test_there_is_one_socket_and_no_other(server: Server) -> None:
    for path in ("/", "/respond", "/_stcore/health", "/_stcore/stream/", "/respond/_stcore/stream"):
        assert stream(server.port, path=path).status == 403, path


def test_a_foreign_origin_is_refused_at_once_and_nobody_is_asked_for_our_address(server: Server) -> None:
    before = len(server.errors)
    for _turn in range(20):
        assert stream(server.port, origin="http://evil.example").status == 403
    assert "checkip" not in server.errors[before:] and "Did not auto detect" not in server.errors[before:]


@pytest.mark.parametrize("rubbish", [b"\xff" * 50, b"", "text", b"\x08" * 6_000_000])
def test_rubbish_in_a_socket_is_answered_without_details(server: Server, rubbish: bytes | str) -> None:
    before, answer = len(server.errors), b""
    try:
        answer = stream(server.port, cookie=ALICE, send=rubbish, run=True).words
    except Exception as closed:  # the server closed the socket, as it should
        answer = str(closed).encode()
    assert b"Traceback" not in answer and b".py" not in answer
    assert server.get("/_stcore/health").status == 200
    assert "Traceback" not in server.errors[before:]  # else anybody could fill the disk with the log


# Files of Streamlit


def test_media_is_for_the_session_to_which_it_was_offered(server: Server) -> None:
    cookies = signed_in(server)
    page = stream(server.port, "monitor", {"c": demo.SLUG}, cookie=cookies)
    (file,) = [one for one in page.media if not one.endswith(".png")]
    mine = server.get(file, Cookie=cookies)
    assert mine.status == 200
    assert mine.headers["cache-control"] == "no-store"
    assert mine.headers["content-disposition"].startswith("attachment")
    for other in ("", MALLORY, ALICE, cookies.replace(VISIT, "m" * 43)):
        assert server.get(file, Cookie=other).status == 404
    assert server.call("OPTIONS", file, headers={"Cookie": cookies}).status == 404


def test_media_ends_with_the_sign_in(server: Server) -> None:
    cookies = signed_in(server)
    page = stream(server.port, "monitor", {"c": demo.SLUG}, cookie=cookies)
    (file,) = [one for one in page.media if not one.endswith(".png")]
    server.form("/account/sign-out", {}, Cookie=cookies.partition(";")[0])
    assert server.get(file, Cookie=ALICE).status == 404


def test_files_for_streamlit_come_from_staff_in_their_own_session(server: Server) -> None:
    cookies = signed_in(server)
    staff, visitor = stream(server.port, "collect", cookie=cookies), stream(server.port, cookie=ALICE)

    def put(session: str, cookie: str, method: str = "PUT") -> int:
        address = f"/_stcore/upload_file/{session}/6c1d"
        return server.call(method, address, body=b"x", headers={"Cookie": cookie}).status

    # Streamlit's own check of its token comes next.
    assert put(staff.session, cookies) == 403
    refused = server.call("PUT", f"/_stcore/upload_file/{staff.session}/6c1d", headers={"Cookie": cookies})
    assert "XSRF" in refused.text
    for session, cookie in ((staff.session, ALICE), (staff.session, ""), (visitor.session, ALICE), ("x", cookies)):
        answer = server.call("PUT", f"/_stcore/upload_file/{session}/6c1d", headers={"Cookie": cookie})
        assert (answer.status, answer.body) == (403, b"")
    assert put(staff.session, cookies, "OPTIONS") == 403


@pytest.mark.parametrize(
    "path",
    [
        "/_stcore/metrics",
        "/_stcore/agent/openapi.json",
        "/_stcore/agent/sessions",
        "/_stcore/script-health-check",
        "/_stcore/anything-new",
        "/component/a/b",
        "/app/static/app.py",
    ],
)
@pytest.mark.parametrize("method", ["GET", "POST", "OPTIONS"])
def test_what_nobody_needs_of_streamlit_is_closed(server: Server, path: str, method: str) -> None:
    answer = server.call(method, path)
    assert (answer.status, answer.body) == (404, b"")
    assert "content-security-policy" in answer.headers


@pytest.mark.parametrize("path", ["/f/%00", "/respond?c=%00", "/results/%00", "/look/a%00b", "/home?c=a%00"])
def test_an_address_with_a_sign_that_no_name_has_is_refused(server: Server, path: str) -> None:
    answer = server.get(path)
    assert answer.status == 400
    assert MESSAGES["request.unreadable"] in answer.text
    assert "content-security-policy" in answer.headers


def test_a_form_of_staff_with_such_a_sign_is_refused(server: Server) -> None:
    assert server.form("/account/sign-in", {"login": "\0", "password": "x"}).status == 400


@pytest.mark.parametrize(
    ("text", "key"), [("2147483647", 2147483647), ("2147483648", 0), ("999999999999999", 0), ("-1", 0), ("٣", 0)]
)
def test_a_key_is_a_number_that_every_database_can_compare_with(text: str, key: int) -> None:
    assert key_of(text) == key


# Forms


STAFF_FORMS = (
    "/account/sign-in",
    "/account/demo",
    "/account/sign-out",
    "/account/link",
    "/account/password",
    "/account/code",
    "/account/second-factor",
    "/account/second-factor/codes",
    "/account/second-factor/remove",
)


@pytest.mark.parametrize("path", STAFF_FORMS)
@pytest.mark.parametrize(
    ("token", "cookie"),
    [
        ("", ALICE),
        ("x" * 64, ALICE),
        (visits.form_token(VISIT, ""), ""),
        (visits.form_token(VISIT, ""), MALLORY),
        (visits.form_token(VISIT, ""), f"{ALICE}; soundings_session=other"),
        (visits.form_token("", ""), f"{visits.COOKIE}="),
    ],
)
def test_a_form_without_the_token_of_its_visit_does_nothing(own: Server, path: str, token: str, cookie: str) -> None:
    fields = {visits.FIELD: token, "login": "ada", "password": PASSWORD, "lang": "fr"}
    answer = own.call(
        "POST",
        path,
        body="&".join(f"{name}={value}" for name, value in fields.items()),
        headers={"Content-Type": "application/x-www-form-urlencoded", "Cookie": cookie},
    )
    assert answer.status == 403
    assert '<html lang="fr"' in answer.text and "périmé" in answer.text
    assert "set-cookie" not in answer.headers


def test_every_route_that_changes_something_is_protected_or_needs_no_cookie() -> None:
    import app  # slow import: the whole program

    posted = {route.path for route in app.app._user_routes if "POST" in (route.methods or ())}
    respondents = {"/f/{slug}", "/files", "/own-data", "/receipts/html", "/receipts/pdf", "/receipts/json"}
    assert {path for path in posted if not path.startswith("/account/")} == respondents


def test_the_routes_of_respondents_need_a_code_and_read_no_cookie(server: Server, beside: Store) -> None:
    code = page_of(server, beside)
    cookies = signed_in(server)
    for path in ("/receipts/json", "/own-data"):
        assert server.form(path, {"code": ""}, Cookie=cookies).status == 404
    assert server.form(f"/f/{OPEN}", {"act": "next", "r": ""}, Cookie=cookies).status == 404
    assert server.form(f"/f/{OPEN}", {"act": "open", "r": code}).status == 303
    for refused in ({"Origin": "https://evil.example"}, {"Sec_Fetch_Site": "cross-site"}):
        assert server.form(f"/f/{OPEN}", {"act": "open", "r": code}, **refused).status == 403


def test_the_pages_of_staff_carry_the_token_of_their_visit(server: Server) -> None:
    assert visits.form_token(VISIT, "").encode() in stream(server.port, cookie=ALICE).words
    cookies = signed_in(server)
    token = visits.form_token(VISIT, cookies.partition(";")[0].partition("=")[2])
    assert token.encode() in stream(server.port, cookie=cookies).words


def test_a_visit_begins_with_the_first_page_and_stays(server: Server) -> None:
    first = server.get("/home")
    cookie = first.headers["set-cookie"]
    assert cookie.startswith(f"{visits.COOKIE}=")
    assert cookie.endswith("; Path=/; HttpOnly; SameSite=Lax")
    again = server.get("/home", Cookie=cookie.partition(";")[0])
    assert "set-cookie" not in again.headers
    for path in (f"/f/{OPEN}", "/look/light.css", "/files"):
        assert "set-cookie" not in server.get(path).headers


# Headers


@pytest.mark.parametrize(
    "path", ["/", "/respond?c=x&r=ABCD", f"/f/{OPEN}", "/account/link?t=x", "/export/x/dashboard.xlsx", "/nothing/here"]
)
def test_every_page_has_the_headers(server: Server, path: str) -> None:
    headers = server.get(path).headers
    assert headers["x-content-type-options"] == "nosniff"
    assert headers["referrer-policy"] == "same-origin"
    assert headers["cross-origin-opener-policy"] == headers["cross-origin-resource-policy"] == "same-origin"
    assert headers["x-frame-options"] == "DENY"
    assert "camera=()" in headers["permissions-policy"]
    policy = headers["content-security-policy"]
    for part in ("frame-ancestors 'none'", "form-action 'self'", "base-uri 'none'"):
        assert part in policy
    assert "unsafe-eval" not in policy and "http" not in policy
    assert "server" not in headers
    assert "strict-transport-security" not in headers


@pytest.mark.parametrize("path", ["/", "/respond?c=x&r=ABCD", f"/f/{OPEN}", "/account/link?t=x", "/answers/files/x"])
def test_nothing_personal_is_kept_by_a_browser(server: Server, path: str) -> None:
    assert server.get(path).headers["cache-control"] == "no-store"


def test_no_answer_may_be_read_by_another_origin(server: Server) -> None:
    for path in ("/_stcore/health", "/_stcore/host-config", "/", f"/f/{OPEN}"):
        answer = server.get(path, Origin="http://localhost:3000")
        assert not [name for name in answer.headers if name.startswith("access-control-")]


def test_a_file_that_is_taken_away_can_do_nothing(server: Server, cookies: dict[Role, str]) -> None:
    answer = server.get(f"/export/{demo.SLUG}/chart/region.svg", Cookie=cookies[Role.SECRETARIAT])
    assert answer.status == 200
    assert "sandbox" in answer.headers["content-security-policy"]
    assert answer.headers["content-disposition"].startswith("attachment")


# Names, proxies, sizes


@pytest.mark.parametrize("host", ["evil.example", "evil.example:80", "127.0.0.1@evil.example", "a b", "", "127.0.0.2"])
def test_a_name_that_is_not_ours_gets_nothing(server: Server, host: str) -> None:
    for path in ("/", f"/f/{OPEN}", "/account/link?t=x"):
        answer = server.get(path, Host=host)
        assert answer.status in (400, 421)
        assert "evil" not in answer.text
    assert stream(server.port, headers=[("Host", host)]).status in (400, 403, 421)


def test_without_proxies_nothing_is_believed_of_them(server: Server) -> None:
    said = {"X_Forwarded_Host": "evil.example", "X_Forwarded_Proto": "https", "X_Forwarded_For": "203.0.113.9"}
    answer = server.get("/respond/x", **said)
    assert (answer.status, answer.headers["location"]) == (307, "../respond?c=x")
    assert server.get(f"/f/{OPEN}", **said, Forwarded="host=evil.example").status == 200


def raw(server: Server, sent: bytes) -> tuple[int, bytes]:
    """(status, body) of a request that no library would send."""
    with socket.create_connection(("127.0.0.1", server.port), timeout=10) as line:
        line.sendall(sent)
        answer = http.client.HTTPResponse(line)
        answer.begin()
        with closing(answer):
            return answer.status, answer.read()


def test_the_head_of_a_request_is_bounded(server: Server) -> None:
    start = b"GET / HTTP/1.1\r\nHost: 127.0.0.1:%d\r\n" % server.port
    many = b"".join(b"X-%d: 1\r\n" % number for number in range(101))
    assert raw(server, start + many + b"\r\n")[0] == 431
    assert raw(server, start + b"X: " + b"x" * 40_000 + b"\r\n\r\n")[0] == 431
    assert raw(server, start + b"X: " + b"x" * 100_000)[0] == 431
    address = b"GET /?%s HTTP/1.1\r\nHost: 127.0.0.1:%d\r\n\r\n" % (b"x" * 9_000, server.port)
    assert raw(server, address)[0] == 414


def test_the_head_may_be_followed_by_a_large_body_in_one_piece(server: Server, beside: Store) -> None:
    fields = {"code": page_of(server, beside), "question": "story_file"}
    assert server.upload(fields, "a.txt", b"x" * 90_000).json["code"] == "file.not_asked"


@pytest.mark.parametrize("path", ["/account/sign-in", "/receipts/json"])
@pytest.mark.parametrize("announced", [True, False])
def test_the_body_of_every_form_is_bounded(server: Server, path: str, announced: bool) -> None:
    body = b"login=" + b"x" * 300_000
    if announced:
        headers = {"Content-Type": "application/x-www-form-urlencoded", "Cookie": ALICE}
        assert server.call("POST", path, body=body, headers=headers).status == 413
        return
    head = (
        f"POST {path} HTTP/1.1\r\nHost: 127.0.0.1:{server.port}\r\nContent-Type: application/x-www-form-urlencoded\r\n"
    )
    chunk = b"%x\r\n%s\r\n0\r\n\r\n" % (len(body), body)
    assert raw(server, head.encode() + b"Transfer-Encoding: chunked\r\n\r\n" + chunk)[0] == 413


def test_a_length_and_chunks_together_are_refused(server: Server) -> None:
    head = f"POST /account/sign-in HTTP/1.1\r\nHost: 127.0.0.1:{server.port}\r\nContent-Length: 5\r\n"
    assert raw(server, head.encode() + b"Transfer-Encoding: chunked\r\n\r\n0\r\n\r\n")[0] == 400


@pytest.mark.parametrize("method", [b"POST", b"PUT", b"HEAD"])
def test_a_socket_that_is_opened_by_anything_but_get_is_answered(server: Server, method: bytes) -> None:
    head = method + b" /_stcore/stream HTTP/1.1\r\nHost: 127.0.0.1:%d\r\nContent-Length: 3\r\n" % server.port
    assert raw(server, head + b"Connection: upgrade\r\nUpgrade: websocket\r\n\r\na=b")[0] == 400
