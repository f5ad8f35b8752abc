"""A server behind one proxy that ends TLS."""

from collections.abc import Iterator

import pytest

from survey import visits
from tests.server.process import VISIT, Answer, Server
from tests.server.streams import stream

NAME = "soundings.example.org"
FORWARDED = {"Host": NAME, "X_Forwarded_For": "203.0.113.9", "X_Forwarded_Proto": "https"}


@pytest.fixture(scope="module")
def tls(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """A server in demo mode that is reached by https."""
    path = tmp_path_factory.mktemp("tls") / "tls.db"
    server = Server(path, demo="true", proxies="1", public_url=f"https://{NAME}")
    try:
        yield server.wait()
    finally:
        server.stop()


def demo_sign_in(tls: Server, cookie: str) -> Answer:
    """The form of the demo accounts, sent by a browser that keeps its visit under this name."""
    return tls.call(
        "POST",
        "/account/demo",
        body=f"{visits.FIELD}={visits.form_token(VISIT, '')}&login=demo-secretariat",
        headers={
            "Host": NAME,
            "Origin": f"https://{NAME}",
            "Cookie": f"{cookie}={VISIT}",
            "Content-Type": "application/x-www-form-urlencoded",
        },
    )


def test_browsers_are_told_to_come_by_tls_only(tls: Server) -> None:
    for path in ("/", "/f/none", "/_stcore/health", "/_stcore/metrics"):
        assert tls.get(path, **FORWARDED).headers["strict-transport-security"] == "max-age=31536000; includeSubDomains"


def test_every_cookie_of_ours_belongs_to_this_host_and_to_tls(tls: Server) -> None:
    cookie = tls.get("/home", **FORWARDED).headers["set-cookie"]
    assert cookie.startswith("__Host-soundings_visit=") and "; Secure" in cookie and "Domain" not in cookie
    answer = demo_sign_in(tls, "__Host-soundings_visit")
    assert answer.status == 303
    assert answer.headers["set-cookie"].startswith("__Host-soundings_session=")
    assert "Secure" in answer.headers["set-cookie"]


def test_a_cookie_without_the_prefix_is_nobodys(tls: Server) -> None:
    assert demo_sign_in(tls, visits.COOKIE).status == 403


@pytest.mark.parametrize(
    ("origin", "status"),
    [
        (f"https://{NAME}", 101),
        (f"http://{NAME}", 403),
        (f"https://{NAME}:8443", 403),
        ("https://example.org", 403),
        (None, 403),
    ],
)
def test_a_socket_comes_from_the_public_address(tls: Server, origin: str | None, status: int) -> None:
    headers = [("X-Forwarded-Proto", "https"), ("X-Forwarded-Host", NAME)]
    assert stream(tls.port, origin=origin, headers=headers).status == status
