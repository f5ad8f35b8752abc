"""Requests that come slowly or never end, over a real connection to uvicorn."""

import http.client
import logging
import socket
import threading
import time
from collections.abc import Iterator

import pytest
import uvicorn
from starlette.applications import Starlette
from starlette.middleware import Middleware
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from data.errors import SoundingsError
from survey.channels import bodies
from survey.channels.requests import error_json, words_of
from survey.translator import Words
from survey.words import MESSAGES


async def told(request: Request) -> Response:
    """A route that says itself what is wrong."""
    try:
        return JSONResponse(len(await request.body()))
    except SoundingsError as error:
        return error_json(error, words_of(request))


async def silent(request: Request) -> Response:
    """A route that reads without a thought."""
    return JSONResponse(len(await request.body()))


async def late(_request: Request) -> Response:
    """A route whose own act takes too long."""
    raise TimeoutError("the mail server")


@pytest.fixture
def port(monkeypatch: pytest.MonkeyPatch) -> Iterator[int]:
    """A server that waits a second for a head and for a body that stands still."""
    monkeypatch.setattr(bodies, "HEAD_SECONDS", 1.0)
    monkeypatch.setattr(bodies, "PAUSE_SECONDS", 1.0)
    monkeypatch.setattr(bodies, "LEAST_BYTES_PER_SECOND", 20.0)
    app = Starlette(
        routes=[
            Route("/told", told, methods=["GET", "POST"]),
            Route("/silent", silent, methods=["POST"]),
            Route("/late", late, methods=["POST"]),
        ],
        middleware=[Middleware(bodies.BodiesInTime)],
    )
    with socket.create_server(("127.0.0.1", 0)) as listening:
        server = uvicorn.Server(uvicorn.Config(app, http=bodies.HeadsInTime, log_config=None, lifespan="off"))
        thread = threading.Thread(target=server.run, kwargs={"sockets": [listening]})
        thread.start()
        while not server.started:
            time.sleep(0.01)
        yield listening.getsockname()[1]
        server.should_exit = True
        thread.join()


def asked(port: int, path: str, length: int, language: str = "en") -> socket.socket:
    """A connection that announced a body."""
    line = socket.create_connection(("127.0.0.1", port), timeout=10)
    line.sendall(
        f"POST {path} HTTP/1.1\r\nHost: a\r\nAccept-Language: {language}\r\nContent-Length: {length}\r\n\r\n".encode()
    )
    return line


def answered(line: socket.socket) -> tuple[int, str]:
    """(status, body) after which the server closes the connection."""
    answer = http.client.HTTPResponse(line, method="POST")
    answer.begin()
    assert answer.getheader("connection") == "close"
    text = answer.read().decode()
    assert line.recv(1) == b""
    return answer.status, text


@pytest.mark.parametrize("path", ["/told", "/silent"])
def test_a_body_that_drips_is_ended_in_the_readers_language(path: str, port: int) -> None:
    with asked(port, path, 1000, "fr") as line:
        for _ in range(3):
            line.sendall(b"x")
            time.sleep(0.3)
        status, text = answered(line)
    assert status == 408
    assert Words("fr").translate(MESSAGES["request.too_slow"]) in text.replace("&#39;", "'")


def test_a_slow_body_that_moves_on_is_taken(port: int) -> None:
    with asked(port, "/told", 100) as line:
        for _ in range(10):
            line.sendall(b"x" * 10)
            time.sleep(0.2)
        answer = http.client.HTTPResponse(line, method="POST")
        answer.begin()
        assert (answer.status, answer.read()) == (200, b"100")


def test_a_client_that_goes_away_leaves_no_trace(port: int, caplog: pytest.LogCaptureFixture) -> None:
    with caplog.at_level(logging.INFO):
        with asked(port, "/silent", 1000) as line:
            line.sendall(b"x")
            time.sleep(0.1)
        time.sleep(0.3)
    assert [found for found in caplog.records if found.levelno >= logging.WARNING] == []


def test_an_act_that_waited_too_long_for_something_else_is_no_slow_client(
    port: int, caplog: pytest.LogCaptureFixture
) -> None:
    with asked(port, "/late", 0) as line:
        assert line.recv(1000).startswith(b"HTTP/1.1 500")
    until = time.monotonic() + 5
    while "the mail server" not in caplog.text and time.monotonic() < until:  # it is told after the answer was sent
        time.sleep(0.02)
    assert "the mail server" in caplog.text, "whoever runs it can see what was wrong"


@pytest.mark.parametrize("start", [b"", b"GET /told HTTP/1.1\r\nX-A: "])
def test_a_head_that_never_ends_is_ended(start: bytes, port: int) -> None:
    with socket.create_connection(("127.0.0.1", port), timeout=5) as line:
        line.sendall(start)
        began = time.monotonic()
        assert line.recv(1) == b""
        assert time.monotonic() - began < 3


def test_a_connection_is_used_again_and_its_next_head_is_bounded_too(port: int) -> None:
    with socket.create_connection(("127.0.0.1", port), timeout=5) as line:
        for _ in range(3):
            line.sendall(b"GET /told HTTP/1.1\r\nHost: a\r\n\r\n")
            assert line.recv(1000).startswith(b"HTTP/1.1 200")
            time.sleep(0.7)
        line.sendall(b"GET /told HTTP/1.1\r\n")
        assert line.recv(1) == b""


def test_not_even_the_first_answer_names_the_server(port: int) -> None:
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=10)
    connection.request("GET", "/")
    assert connection.getresponse().getheader("server") is None
