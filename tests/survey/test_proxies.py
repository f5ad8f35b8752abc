"""What is believed of proxies, and by which names this server may be asked."""

import asyncio
from typing import Any

import pytest

from data.errors import InvalidInput
from data.settings import Settings, read_settings
from survey.channels.proxies import ORIGINS, TrustedProxies, host_name, origin_of

Headers = list[tuple[str, str]]


def asked(settings: Settings, headers: Headers, *, kind: str = "http", scheme: str = "http") -> dict[str, Any]:
    """The request as the application sees it; its status when it was refused."""
    seen: dict[str, Any] = {}

    async def app(scope: Any, _receive: Any, _send: Any) -> None:
        seen.update(scope)

    async def send(message: Any) -> None:
        seen.update({name: message[name] for name in ("status", "code") if name in message})

    async def receive() -> Any:
        return {}

    pairs = [(name.lower().encode(), value.encode("latin-1")) for name, value in headers]
    scope = {"type": kind, "scheme": scheme, "method": "GET", "path": "/", "client": ("10.0.0.1", 5), "headers": pairs}
    asyncio.run(TrustedProxies(app, settings)(scope, receive, send))
    return seen


HOST = ("Host", "127.0.0.1:8501")


@pytest.mark.parametrize(
    ("proxies", "forwarded", "address"),
    [
        (0, ["203.0.113.9"], "10.0.0.1"),
        (1, ["203.0.113.9"], "203.0.113.9"),
        (1, ["1.1.1.1, 203.0.113.9"], "203.0.113.9"),
        (1, ["1.1.1.1", "203.0.113.9"], "203.0.113.9"),
        (2, ["1.1.1.1, 203.0.113.9, 10.0.0.7"], "203.0.113.9"),
        (2, ["10.0.0.7"], "10.0.0.1"),
        (1, ["[2001:db8::1]:443"], "2001:db8::1"),
        (1, ["203.0.113.9:4711"], "203.0.113.9"),
        (1, ["rubbish"], "10.0.0.1"),
        (1, [], "10.0.0.1"),
    ],
)
def test_of_the_addresses_the_one_that_the_outermost_proxy_wrote_is_believed(
    proxies: int, forwarded: list[str], address: str
) -> None:
    headers = [HOST, *(("X-Forwarded-For", one) for one in forwarded)]
    assert asked(Settings(proxies=proxies), headers)["client"][0] == address


def test_what_was_said_of_proxies_goes_no_further() -> None:
    said = [("X-Forwarded-For", "1.1.1.1"), ("Forwarded", "for=1.1.1.1"), ("X-Real-IP", "1.1.1.1")]
    said += [("X-Forwarded-Proto", "https"), ("X-Forwarded-Host", "evil.example"), ("X-Forwarded-Port", "1")]
    seen = asked(Settings(), [HOST, *said])
    assert (seen["headers"], seen["scheme"]) == ([(b"host", b"127.0.0.1:8501")], "http")


@pytest.mark.parametrize(("kind", "scheme"), [("http", "https"), ("websocket", "wss")])
def test_scheme_and_name_are_those_of_the_reader(kind: str, scheme: str) -> None:
    settings = Settings(proxies=1, hosts="soundings.example.org")
    headers = [HOST, ("X-Forwarded-Proto", "https"), ("X-Forwarded-Host", "soundings.example.org")]
    seen = asked(settings, headers, kind=kind, scheme="ws" if kind == "websocket" else "http")
    assert seen["scheme"] == scheme
    assert seen[ORIGINS][0] == "https://soundings.example.org:443"


@pytest.mark.parametrize(
    ("settings", "host", "status"),
    [
        (Settings(), "127.0.0.1:8501", None),
        (Settings(), "localhost:9", None),
        (Settings(), "[::1]:8501", None),
        (Settings(), "evil.example", 421),
        (Settings(), "192.0.2.1", 421),
        (Settings(address="0.0.0.0"), "192.0.2.1:8501", None),
        (Settings(address="0.0.0.0"), "evil.example", 421),
        (Settings(public_url="https://Soundings.example.org"), "soundings.example.org", None),
        (Settings(public_url="https://soundings.example.org"), "soundings.example.org.evil.example", 421),
        (Settings(hosts="a.example,b.example"), "B.example:80", None),
        (Settings(), "127.0.0.1:x", 421),
        (Settings(), "user@127.0.0.1", 421),
    ],
)
def test_a_server_is_asked_by_its_own_names_only(settings: Settings, host: str, status: int | None) -> None:
    assert asked(settings, [("Host", host)]).get("status") == status
    assert asked(settings, [("Host", host)], kind="websocket", scheme="ws").get("code") == (status and 1008)


@pytest.mark.parametrize("headers", [[], [HOST, HOST], [HOST, ("Host", "localhost")]])
def test_a_request_has_one_name(headers: Headers) -> None:
    assert asked(Settings(), headers)["status"] == 421


@pytest.mark.parametrize(
    ("url", "origin"),
    [
        ("http://a.example", "http://a.example:80"),
        ("https://A.example:443/x?y#z", "https://a.example:443"),
        ("http://[::1]:8501", "http://::1:8501"),
        ("null", ""),
        ("file:///etc/passwd", ""),
        ("https://user@a.example", ""),
        ("http://a.example:99999", ""),
        ("http://[::1", ""),
        ("", ""),
    ],
)
def test_an_origin_always_has_its_port(url: str, origin: str) -> None:
    assert origin_of(url) == origin


@pytest.mark.parametrize("host", ["a/b", "a?b", "a b", "a@b", "a\\b", "[::1"])
def test_something_else_is_no_name(host: str) -> None:
    assert host_name(host) == ""


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("PROXIES", "-1"),
        ("PROXIES", "x"),
        ("HOSTS", "https://a.example"),
        ("HOSTS", "a.example:80"),
        ("HOSTS", "*"),
        ("PUBLIC_URL", "soundings.example.org"),
        ("PUBLIC_URL", "https://a.example/path"),
        ("PUBLIC_URL", "javascript:1"),
    ],
)
def test_a_wrong_setting_is_named(name: str, value: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(f"SOUNDINGS_{name}", value)
    with pytest.raises(InvalidInput) as wrong:
        read_settings()
    assert wrong.value.params["name"] == f"SOUNDINGS_{name}"
