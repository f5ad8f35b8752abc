"""Bad requests against every route of a running server: methods, addresses, heads, bodies, as no browser sends them.

    python -m tests.fuzz.requests [--count 10000] [--seconds 1800] [--seed 1]
    python -m tests.fuzz.requests --seed 1 --only 4711       that request alone, with its answer

A finding is an answer of 500 or above, a trace of the program in an answer or in the log of the server, or no answer
for ten seconds. Half of the requests have a real personal code, sign-in or token, so that they get past the
door. Only a server that is started here is asked, on the loopback address.
"""

import argparse
import http.client
import re
import socket
import tempfile
import time
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from random import Random
from urllib.parse import quote, urlsplit

from data.store import Store
from survey import demo, publications, responses, saving, visits
from survey.access import OPERATOR
from survey.xlsform.sheets import read_sheets
from tests.server.process import VISIT, Server, now

SLUG = "fuzzed"
MOST_ANSWER = 400_000
PATIENCE_SECONDS = 10.0
TRACES = re.compile(rb"Traceback|File \"|site-packages|\.py\b.{0,20}line \d|sqlalchemy|OperationalError|SELECT ")
LOGGED = re.compile(rb"Traceback|ERROR|Exception in ASGI")

ROUTES = (
    "/",
    "/favicon.png",
    "/home",
    "/respond",
    "/respond/{word}",
    "/f/{word}",
    "/files",
    "/own-data",
    "/record-of-processing",
    "/receipts/html",
    "/receipts/pdf",
    "/receipts/json",
    "/account/sign-in",
    "/account/sign-out",
    "/account/demo",
    "/account/link",
    "/account/password",
    "/account/code",
    "/account/second-factor",
    "/account/second-factor/codes",
    "/account/second-factor/remove",
    "/account/oidc/start",
    "/account/oidc/back",
    "/export/{word}/chart/{word}.{kind}",
    "/export/{word}/slope/{word}.{kind}",
    "/export/{word}/trend/{word}.{kind}",
    "/export/{word}/monitor/{word}.{kind}",
    "/export/{word}/finding/{word}.{kind}",
    "/export/{word}/report/{word}.{kind}",
    "/export/{word}/data/{word}.{kind}",
    "/export/{word}/dashboard.{kind}",
    "/results/{word}",
    "/results/{word}/{word}",
    "/results/{word}/{word}/{word}.{kind}",
    "/results/{word}/preview",
    "/results/{word}/preview/{word}",
    "/results/{word}/preview/{word}/{word}.{kind}",
    "/export/{word}/charts.zip",
    "/answers/files/{word}",
    "/log/acts.{kind}",
    "/look/style.css",
    "/look/{word}",
    "/static/js/{word}.js",
    "/static/{word}",
    "/media/{word}",
    "/component/{word}",
    "/auth/login",
    "/auth/logout",
    "/oauth2callback",
    "/_stcore/health",
    "/_stcore/host-config",
    "/_stcore/metrics",
    "/_stcore/stream",
    "/_stcore/upload_file/{word}/{word}",
    "/_stcore/bidi-components/{word}/{word}",
    "/{word}",
)
POSTED = ("/files", "/own-data", "/receipts/", "/account/s", "/account/demo")
METHODS = ("GET", "POST", "HEAD", "PUT", "DELETE", "PATCH", "OPTIONS", "TRACE", "CONNECT", "PROPFIND", "get", "X" * 300)
NASTY = (
    "",
    "0",
    "-1",
    "99999999999999999999999999",
    "999999999999999",
    "1e309",
    "NaN",
    "null",
    "true",
    "\x00",
    "\r\nSet-Cookie: a=b",
    "%0d%0aX: 1",
    "'",
    "' OR 1=1 --",
    '"><script>alert(1)</script>',
    "${7*7}{{7*7}}<%= 7*7 %>",
    "../../../../etc/passwd",
    "..\\..\\windows\\win.ini",
    "%2e%2e%2f%2e%2e%2f",
    "%00",
    "%ff%fe",
    "%",
    "%zz",
    "\u202e\u0645\u0631\u062d\u0628\u0627",
    "\ud7ff\uffff",
    "😀" * 20,
    "a" * 3_000,
    "[" * 500,
    "=cmd|' /C calc'!A0",
    "//evil.example/",
    "http://evil.example/",
    "javascript:alert(1)",
    "a/b",
    ";",
    "²",
    "١٢٣",
    "x.y.z",
    ".",
    "..",
    "con",
    "fuzzed",
    "region",
)
NAMES = (
    "c",
    "r",
    "s",
    "i",
    "t",
    "f",
    "by",
    "q",
    "labels",
    "lang",
    "check",
    "more",
    "new",
    "unsure",
    "ts",
    "page",
    "code",
    "session_id",
)
FIELDS = (
    *("act", "r", "s", "lang", "in", "marks", "version", "t", "i", "website", "sure", "code", "question", "remove"),
    *(
        "file",
        "login",
        "name",
        "password",
        "form",
        "q.org_name",
        "q.country",
        "q.work_level",
        "f.story_file",
        "org_name",
    ),
)
ACTS = (
    *("begin", "open", "next", "back", "stay", "keep", "send", "withdraw", "correct", "read", "language", "add:1:x"),
    *("invite", "revoke:999999999999999", "sign-off:yes", "hand-over"),
)
KINDS = ("png", "svg", "csv", "xlsx", "pptx", "json", "html", "exe", "")
TYPES = (
    "application/x-www-form-urlencoded",
    "application/x-www-form-urlencoded; charset=utf-7",
    "application/json",
    "text/plain",
    "multipart/form-data",
    "multipart/form-data; boundary=",
    'multipart/form-data; boundary="b"',
    "multipart/form-data; boundary=" + "b" * 300,
    "multipart/mixed; boundary=b",
    "x" * 200,
    "",
)
HEADERS = (
    ("Host", ("", "evil.example", "127.0.0.1", "[::1", "a b", "127.0.0.1:99999", "127.0.0.1:x", "@", "a" * 300)),
    (
        "Cookie",
        ("", "=", ";;;;", "soundings_session=" + "x" * 900, "a=b; " * 300, "\xff\xfe=1", "soundings_session=\x01"),
    ),
    ("Accept-Language", ("", "*", ",,,;;;", "q=" * 400, "ar;q=x", "fr-" * 300, "\xe9", "zh-Hans-CN;q=0.9,*;q=0.1")),
    ("Accept-Encoding", ("br;q=nan", "gzip;q=inf", "br;q=-1,*", ";", "=" * 300, "br;q=1e400")),
    ("Content-Length", ("-1", "x", "5, 6", "99999999999999999999", "0", "+5", "0x5")),
    ("Transfer-Encoding", ("chunked", "chunked, chunked", "gzip", "identity", "xchunked")),
    ("Range", ("bytes=0-", "bytes=-0", "bytes=9-1", "bytes=a-b", "lines=1", "bytes=" + "0-1," * 200)),
    ("If-None-Match", ("*", '"', "W/", "," * 500)),
    ("If-Modified-Since", ("yesterday", "Mon, 99 Foo 0000 00:00:00 GMT")),
    ("If-Range", ("x", "Mon, 99 Foo 0000 00:00:00 GMT")),
    ("Origin", ("null", "http://evil.example", "http://[::1", "http://a:b", "\xff", "http://127.0.0.1:99999")),
    ("Referer", ("http://evil.example/", "\xff")),
    ("Sec-Fetch-Site", ("cross-site", "none", "same-origin", "x")),
    ("X-Forwarded-For", ("1.2.3.4", "x, y", "," * 300, "::1%eth0", "1.2.3.4:5")),
    ("X-Forwarded-Proto", ("https", "javascript", ",", "ws")),
    ("X-Forwarded-Host", ("evil.example", "[", "a, b")),
    ("X-Soundings", ("quiet", "x")),
    ("X-Xsrftoken", ("2|a|b|c", "x")),
    ("Upgrade", ("websocket", "h2c", "x")),
    ("Connection", ("upgrade", "close", "keep-alive, upgrade", "x" * 300)),
    ("Sec-WebSocket-Key", ("dGhlIHNhbXBsZSBub25jZQ==", "x", "")),
    ("Sec-WebSocket-Version", ("13", "0", "x")),
    ("Sec-WebSocket-Protocol", ("streamlit, x, y", ",,,", "streamlit")),
    ("Expect", ("100-continue", "200-ok")),
    ("Content-Encoding", ("gzip", "br")),
    ("X" * 200, ("y" * 3_000,)),
    ("Bad Name", ("1",)),
    ("\x00", ("\x00",)),
    ("X-Folded", ("a\r\n b", "a\nb", "a\rb")),
)


@dataclass(frozen=True, slots=True)
class Known:
    """What is real on the server that is asked."""

    port: int
    codes: tuple[str, ...]
    session: str = ""


@dataclass(frozen=True, slots=True)
class Outcome:
    """What came back: status 0 when the connection was closed without an answer, -1 when nothing came in time."""

    status: int
    body: bytes
    location: str = ""


def request(seed: str, known: Known) -> bytes:
    """One bad request, the same for the same seed."""
    draw = Random(seed)
    route = draw.choice(ROUTES)
    method = "POST" if route.startswith(POSTED) or (route.startswith("/f/") and draw.random() < 0.6) else "GET"
    if draw.random() < 0.2:
        method = draw.choice(METHODS)
    address = _address(draw, known, route)
    headers: list[tuple[str, str]] = [("Host", f"127.0.0.1:{known.port}")]
    cookie = f"{visits.COOKIE}={VISIT}"
    signed_in = known.session if draw.random() < 0.5 and route != "/account/sign-out" else ""
    if draw.random() < 0.6:
        headers.append(("Cookie", f"{cookie}; soundings_session={signed_in}" if signed_in else cookie))
    body = b""
    if method not in ("GET", "HEAD") or draw.random() < 0.05:
        kind, body = _body(draw, known, signed_in)
        headers.append(("Content-Type", kind))
        headers.append(("Content-Length", str(len(body))))
    for _turn in range(draw.choice((0, 0, 0, 0, 1, 1, 2, 4))):
        name, values = draw.choice(HEADERS)
        headers = [one for one in headers if one[0] != name or draw.random() < 0.2]
        headers.append((name, draw.choice(values)))
    if draw.random() < 0.01:
        headers += [(f"X-{number}", "1") for number in range(draw.choice((90, 200, 2000)))]
    version = "HTTP/1.1" if draw.random() < 0.97 else draw.choice(("HTTP/1.0", "HTTP/2.0", "HTTP/9.9", "", "ICY"))
    head = f"{method} {address} {version}\r\n" + "".join(f"{name}: {value}\r\n" for name, value in headers) + "\r\n"
    whole = head.encode("utf-8", "surrogatepass" if draw.random() < 0.5 else "replace") + body
    if draw.random() < 0.03:  # spoiled anywhere
        spoiled = bytearray(whole)
        for _turn in range(draw.randint(1, 5)):
            spoiled[draw.randrange(len(spoiled))] = draw.randrange(256)
        whole = bytes(spoiled)
    return whole


def _word(draw: Random, known: Known) -> str:
    return draw.choice((*NASTY, SLUG, SLUG, SLUG, *known.codes))


def _address(draw: Random, known: Known, path: str) -> str:
    while "{word}" in path:
        word = _word(draw, known)
        path = path.replace("{word}", quote(word, safe="") if draw.random() < 0.9 else _line(word), 1)
    path = path.replace("{kind}", draw.choice(KINDS))
    if draw.random() < 0.1:
        path = draw.choice(
            (f"/{path}", f"{path}/", f"/.{path}", f"/x/..{path}", path.upper(), f"http://evil{path}", "*")
        )
    if draw.random() < 0.5:
        pairs = []
        for _turn in range(draw.choice((1, 2, 3, 30))):
            value = _word(draw, known)
            pairs.append(f"{draw.choice(NAMES)}={quote(value) if draw.random() < 0.95 else _line(value)}")
        path += "?" + "&".join(pairs)
    return path


def _line(text: str) -> str:
    """Words that do not end the line of the request, mostly."""
    return re.sub(r"[\s\x00]", "+", text)


def _fields(draw: Random, known: Known, signed_in: str) -> list[tuple[str, str]]:
    fields = [(draw.choice(FIELDS), _word(draw, known)) for _turn in range(draw.choice((0, 1, 3, 8, 40)))]
    if draw.random() < 0.7:
        code = draw.choice(known.codes)
        fields += [
            ("r", code),
            ("code", code),
            ("s", draw.choice(("s0", "s1", "s7", "s8", "_review", "_colleagues", "x"))),
        ]
        fields += [("act", draw.choice(ACTS)), ("question", draw.choice(("story_file", "org_name", "x")))]
    if draw.random() < 0.7:
        fields.append((visits.FIELD, visits.form_token(VISIT, signed_in)))
    draw.shuffle(fields)
    return fields


def _body(draw: Random, known: Known, signed_in: str) -> tuple[str, bytes]:
    """(content type, body)"""
    what = draw.random()
    if what < 0.45:
        pairs = (f"{quote(name)}={quote(value)}" for name, value in _fields(draw, known, signed_in))
        return TYPES[0], "&".join(pairs).encode()
    if what < 0.75:
        return "multipart/form-data; boundary=b", _multipart(draw, known, signed_in)
    if what < 0.85:
        return "application/json", draw.choice((b"{", b"[" * 5000, b'{"a":1e999}', b"null", b'"\xff"'))
    if what < 0.95:
        return draw.choice(TYPES), draw.randbytes(draw.choice((0, 1, 100, 20_000)))
    return draw.choice(TYPES), b"a=" + b"x" * draw.choice((90_000, 150_000, 3_000_000))


def _multipart(draw: Random, known: Known, signed_in: str) -> bytes:
    parts = []
    for name, value in _fields(draw, known, signed_in):
        filename = f'; filename="{_line(_word(draw, known))}"' if draw.random() < 0.2 else ""
        kind = f"\r\nContent-Type: {draw.choice(TYPES)}" if draw.random() < 0.2 else ""
        head = f'--b\r\nContent-Disposition: form-data; name="{name}"{filename}{kind}\r\n\r\n'
        parts.append(head.encode("utf-8", "replace") + value.encode("utf-8", "replace") + b"\r\n")
    whole = b"".join(parts) + b"--b--\r\n"
    how = draw.random()
    if how < 0.1:
        return whole[: draw.randrange(len(whole) + 1)]
    if how < 0.2:
        return whole.replace(b"\r\n", b"\n")
    if how < 0.25:
        return whole.replace(b"form-data", draw.choice((b"attachment", b"form-data; name*=utf-8''%ff", b"")))
    return whole


def sent(port: int, content: bytes) -> Outcome:
    """What the server answers."""
    with socket.create_connection(("127.0.0.1", port), timeout=PATIENCE_SECONDS) as line:
        try:
            line.sendall(content)
            line.shutdown(socket.SHUT_WR) if _waits_for_more(content) else None
        except OSError:
            pass  # it was refused while it came; the answer tells
        answer = http.client.HTTPResponse(line, method="HEAD" if content.startswith(b"HEAD ") else "GET")
        try:
            answer.begin()
            return Outcome(answer.status, answer.read(MOST_ANSWER), answer.getheader("location") or "")
        except TimeoutError:
            return Outcome(-1, b"")
        except (http.client.HTTPException, OSError, ValueError):
            return Outcome(0, b"")
        finally:
            answer.close()


def _waits_for_more(content: bytes) -> bool:
    """Whether the server rightly waits: the head is not whole, or announces more than there is."""
    head, end, body = content.partition(b"\r\n\r\n")
    announced = [int(one) for one in re.findall(rb"(?im)^content-length: (\d{1,9})\r?$", head)]
    return not end or bool(re.search(rb"(?im)^transfer-encoding:", head)) or any(one != len(body) for one in announced)


def fault_of(outcome: Outcome) -> str:
    """What is wrong with an answer; "" when nothing is."""
    if outcome.status == -1:
        return "no answer in time"
    if outcome.status >= 500:
        return f"status {outcome.status}"
    if leads_away(outcome.location):
        return f"it leads to {outcome.location[:100]}"
    return "the answer shows a trace" if TRACES.search(outcome.body) else ""


def leads_away(location: str) -> bool:
    """Whether a redirect leads to another host, as a browser reads it."""
    plain = re.sub(r"[\t\r\n]", "", location).strip().replace("\\", "/")
    parts = urlsplit(plain)
    return bool(parts.scheme or parts.netloc) and parts.hostname != "127.0.0.1"


def prepared(server: Server) -> Known:
    """The server has a consultation that takes answers, drafts and a sign-in."""
    store = server.store()
    publications.publish(
        store, read_sheets(demo.FORM), slug=SLUG, title=demo.TITLE, actor=OPERATOR, now=now(), fictional=True
    )
    codes = tuple(_drafts(store))
    store.close()
    cookie = server.form("/account/demo", {"login": "demo-secretariat"}).cookie
    return Known(port=server.port, codes=codes, session=cookie.partition("=")[2])


def _drafts(store: Store) -> Iterator[str]:
    for _turn in range(20):
        code = responses.begin(store, SLUG, language="en", channel="light", now=now())
        story = {"consent": "agree", "publish": "named", "story_yes": "yes"}
        saving.save(store, code, story, seen={}, section="s7", language="en", now=now())
        yield code


def bombard(server: Server, known: Known, *, count: int, seconds: float, seed: int) -> tuple[Counter[int], list[str]]:
    """(answers by status, findings with their numbers) of so many requests, or of fewer when the time is over."""
    statuses: Counter[int] = Counter()
    findings = []
    until = time.monotonic() + seconds
    log = len(server.errors)
    for number in range(count):
        if time.monotonic() > until:
            break
        outcome = sent(server.port, request(f"{seed}/{number}", known))
        statuses[outcome.status] += 1
        if fault := fault_of(outcome):
            findings.append(f"{number}: {fault}")
        size = server.errors_size
        if size > log:
            if LOGGED.search(server.errors.encode()[log:]):
                findings.append(f"{number}: the log has an error")
            log = size
        if server.process.poll() is not None:
            findings.append(f"{number}: the server ended")
            break
    return statuses, findings


def main() -> int:
    """Asks, prints what came, and gives 1 when something was found."""
    parser = argparse.ArgumentParser(prog="tests.fuzz.requests", description="Bad requests against every route.")
    parser.add_argument("--count", type=int, default=10_000)
    parser.add_argument("--seconds", type=float, default=3600.0, help="at most")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--only", type=int, help="this one alone")
    arguments = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        server = Server(Path(folder) / "fuzz.db", demo="true", rate_limits="false")
        try:
            server.wait()
            known = prepared(server)
            if arguments.only is not None:
                content = request(f"{arguments.seed}/{arguments.only}", known)
                print(content[:3000], sent(server.port, content), server.errors[-6000:], sep="\n\n")
                return 0
            began = time.monotonic()
            statuses, findings = bombard(
                server, known, count=arguments.count, seconds=arguments.seconds, seed=arguments.seed
            )
            elapsed = time.monotonic() - began
            told = ", ".join(f"{status or 'closed'}: {times}" for status, times in sorted(statuses.items()))
            print(f"{statuses.total()} requests in {elapsed:.0f} s (seed {arguments.seed}): {told}")
            print(f"most memory: {server.peak_kb // 1000} MB; findings: {len(findings)}")
            for finding in findings[:50]:
                print(finding)
            if findings:
                print(server.errors[-4000:])
            return bool(findings)
        finally:
            server.stop()


if __name__ == "__main__":
    raise SystemExit(main())
