"""Which files are packed, for whom, and what of Streamlit's style sheet stays."""

import gzip
from pathlib import Path

import brotli
import pytest

from survey.channels.static_files import Packed, PackedFiles, best_coding, pack, trimmed
from tests.loops import finished

SCRIPT = "export const words = 'the same words again and again';\n" * 200
STYLE = (
    "@font-face{font-family:KaTeX_Main;src:url(../media/KaTeX.woff2)}"
    '@font-face{font-family:"Source Sans";src:url(../media/SourceSansVF.woff2)}'
    "@font-face{font-family:Source Code Pro;src:url(../media/SourceCode.woff2)}"
    "@font-face{font-family:Material Symbols Rounded;"
    "src:url(../media/MaterialSymbols-Rounded.nEd.woff2)format('woff2')}"
    "p{color:red}"
)
LEFT = (
    "@font-face{font-family:KaTeX_Main;src:url(../media/KaTeX.woff2)}"
    "@font-face{font-family:Material Symbols Rounded;src:url(../../look/icons.woff2)format('woff2')}"
    "p{color:red}"
)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    for name, text in {"js/a.1.js": SCRIPT, "css/a.1.css": STYLE, "media/a.woff2": "font"}.items():
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).write_text(text, encoding="utf-8")
    (tmp_path.parent / "secret.js").write_text("secret", encoding="utf-8")
    return tmp_path


def ask(folder: Path, path: str, method: str = "GET", **headers: str) -> tuple[int, dict[str, str], bytes]:
    """(status, headers, body); status 599 when the request was passed on."""
    sent: list[dict] = []

    async def inner(_scope, _receive, send) -> None:
        await send({"type": "http.response.start", "status": 599, "headers": []})
        await send({"type": "http.response.body", "body": b""})

    async def send(message) -> None:
        sent.append(message)

    names = [(name.replace("_", "-").encode(), value.encode()) for name, value in headers.items()]
    scope = {"type": "http", "method": method, "path": path, "headers": names}
    finished(PackedFiles(inner, folder)(scope, None, send))
    found = {name.decode(): value.decode() for name, value in sent[0]["headers"]}
    return sent[0]["status"], found, sent[1]["body"]


@pytest.mark.parametrize(
    ("accepted", "coding"),
    [
        ("gzip, deflate, br, zstd", "br"),
        ("gzip, deflate", "gzip"),
        ("br;q=0.5, gzip;q=1.0", "gzip"),
        ("br;q=0, gzip;q=0", ""),
        ("br;q=0, *", "gzip"),
        ("*;q=0", ""),
        ("br;q=much", ""),
        ("", ""),
        ("BR", "br"),
        (";;,,=", ""),
    ],
)
def test_the_coding_is_one_that_the_browser_takes(accepted: str, coding: str) -> None:
    assert best_coding(accepted) == coding


def test_a_script_comes_packed_and_is_the_same_script(folder: Path) -> None:
    assert brotli.decompress(ask(folder, "/static/js/a.1.js", accept_encoding="br")[2]).decode() == SCRIPT
    assert gzip.decompress(ask(folder, "/static/js/a.1.js", accept_encoding="gzip")[2]).decode() == SCRIPT
    status, headers, body = ask(folder, "/static/js/a.1.js")
    assert (status, body.decode(), "content-encoding" in headers) == (200, SCRIPT, False)


def test_caches_are_told_what_they_may_keep(folder: Path) -> None:
    _, script, body = ask(folder, "/static/js/a.1.js", accept_encoding="br")
    assert {name: script[name] for name in ("cache-control", "vary", "content-encoding", "content-length")} == {
        "cache-control": "public, max-age=31536000, immutable",
        "vary": "Accept-Encoding",
        "content-encoding": "br",
        "content-length": str(len(body)),
    }
    assert ask(folder, "/static/css/a.1.css")[1]["cache-control"] == "public, max-age=86400"


def test_each_coding_has_its_own_tag_and_a_known_tag_needs_no_body(folder: Path) -> None:
    tags = {ask(folder, "/static/js/a.1.js", accept_encoding=coding)[1]["etag"] for coding in ("br", "gzip", "")}
    assert len(tags) == 3
    for tag in tags:
        answers = [
            ask(folder, "/static/js/a.1.js", accept_encoding=coding, if_none_match=f'"x", W/{tag}')[::2]
            for coding in ("br", "gzip", "")
        ]
        assert sorted(status for status, _ in answers) == [200, 200, 304]
        assert [body for status, body in answers if status == 304] == [b""]


def test_a_head_has_the_headers_alone(folder: Path) -> None:
    _, headers, body = ask(folder, "/static/js/a.1.js", "HEAD", accept_encoding="gzip")
    assert (body, int(headers["content-length"]) > 0) == (b"", True)


@pytest.mark.parametrize(
    ("path", "method", "headers"),
    [
        ("/static/js/a.1.js", "POST", {}),
        ("/static/js/a.1.js", "GET", {"range": "bytes=0-9"}),
        ("/static/js/b.js", "GET", {}),
        ("/static/media/a.woff2", "GET", {}),
        ("/static/js/../../../secret.js", "GET", {}),
        ("/static//js/a.1.js", "GET", {}),
        ("/static/", "GET", {}),
        ("/respond", "GET", {}),
    ],
)
def test_everything_else_goes_on_to_streamlit(folder: Path, path: str, method: str, headers: dict[str, str]) -> None:
    assert ask(folder, path, method, **headers)[0] == 599


def test_a_style_sheet_loses_the_fonts_that_nothing_needs(folder: Path) -> None:
    assert trimmed(STYLE) == LEFT
    assert ask(folder, "/static/css/a.1.css", range="bytes=0-9")[2].decode() == LEFT


def test_a_file_is_packed_once(folder: Path) -> None:
    first = pack(folder / "js/a.1.js", "br")
    (folder / "js/a.1.js").unlink()
    assert isinstance(first, Packed)
    assert pack(folder / "js/a.1.js", "br") is first
