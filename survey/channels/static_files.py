"""Streamlit's own files, packed: brotli or gzip for scripts and style sheets, without the fonts that nothing needs.

Streamlit sends them as they lie on the disk, 2.5 MB for a first page. Each is packed once, when it is first asked for,
and kept in memory. Pictures and fonts are packed already and are left to Streamlit, ranges of a file too.
"""

import gzip
import hashlib
import re
from collections.abc import Iterable
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from threading import Lock

import brotli
from starlette.concurrency import run_in_threadpool

from survey.channels.middleware import Application, Receive, Scope, Send

PREFIX = "/static/"
PACKED = {".js": "text/javascript; charset=utf-8", ".css": "text/css; charset=utf-8"}
"""Kinds of files that are packed, with their types."""
ICONS_ADDRESS = "../../look/icons.woff2"
"""Where a style sheet of Streamlit finds the icons that are used, instead of all 4,000."""
_QUALITIES = ((500_000, 11), (1_000_000, 10))
"""(bytes, brotli's step for files up to so many); larger ones are packed by the ninth."""
_FONT_FACE = re.compile(r"@font-face\{[^{}]*\}")
_UNUSED_FONT = re.compile(r"font-family:\s*[\"']?Source (?:Sans|Serif|Code)")
_ICON_FILE = re.compile(r"url\([^()]*MaterialSymbols-Rounded\.[^()]*\.woff2\)")
_FOR_A_YEAR = b"public, max-age=31536000, immutable"
_FOR_A_DAY = b"public, max-age=86400"


def trimmed(style: str) -> str:
    """Streamlit's style sheet with the fonts of the reader's device, and with the icons that are used."""
    style = _FONT_FACE.sub(lambda face: "" if _UNUSED_FONT.search(face[0]) else face[0], style)
    return _ICON_FILE.sub(f"url({ICONS_ADDRESS})", style)


def best_coding(accepted: str) -> str:
    """ "br", "gzip" or "" (as it is), by what an Accept-Encoding header allows; equal weights: the smaller file."""
    weights = {}
    for part in accepted.lower().split(","):
        name, *parameters = (piece.strip() for piece in part.split(";"))
        weight = 1.0
        for parameter in parameters:
            key, _, value = parameter.partition("=")
            if key.strip() == "q":
                try:
                    weight = float(value)
                except ValueError:
                    weight = 0.0
        weights[name] = weight
    others = weights.get("*", 0.0)
    offered = [(weights.get("br", others), 1, "br"), (weights.get("gzip", others), 0, "gzip")]
    weight, _, coding = max(offered)
    return coding if weight > 0 else ""


@dataclass(frozen=True, slots=True)
class Packed:
    """One file in one coding, with its headers."""

    body: bytes
    headers: tuple[tuple[bytes, bytes], ...]
    etag: bytes


@lru_cache(maxsize=4096)
def pack(path: Path, coding: str) -> Packed:
    """The file as it is sent; a changed style sheet is kept for a day, all else for good, its name being its digest."""
    content = path.read_bytes()
    changed = False
    if path.suffix == ".css":
        text = content.decode("utf-8")
        content = trimmed(text).encode()
        changed = content != text.encode()
    if coding == "br":
        # The tenth step takes ten times as long as the ninth, the last twice that again: charts of 5 MB shall not wait.
        quality = next((step for most, step in _QUALITIES if len(content) <= most), 9)
        content = brotli.compress(content, quality=quality)
    elif coding == "gzip":
        content = gzip.compress(content, 9, mtime=0)
    etag = f'"{hashlib.sha256(content).hexdigest()[:20]}"'.encode()
    headers = [
        (b"content-type", PACKED[path.suffix].encode()),
        (b"cache-control", _FOR_A_DAY if changed else _FOR_A_YEAR),
        (b"etag", etag),
        (b"vary", b"Accept-Encoding"),
        (b"x-content-type-options", b"nosniff"),
        (b"cross-origin-resource-policy", b"same-origin"),
        *([(b"content-encoding", coding.encode())] if coding else []),
    ]
    return Packed(body=content, headers=tuple(headers), etag=etag)


class PackedFiles:
    """Answers GET and HEAD of files below PREFIX that are worth packing; everything else goes on.

    folder  Streamlit's folder of such files. Only names that were found in it at the start are ever opened.
    Stands before the security headers: a script or a style sheet has no use for a page's policy, and a first visit
    asks for a hundred of them.
    """

    def __init__(self, app: Application, folder: Path) -> None:
        self._app = app
        self._files = {PREFIX + path.relative_to(folder).as_posix(): path for path in _packable(folder)}
        self._locks = {address: Lock() for address in self._files}

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """The packed file, or what the application answers."""
        path = self._files.get(scope.get("path", "")) if scope["type"] == "http" else None
        if path is None or scope["method"] not in ("GET", "HEAD"):
            await self._app(scope, receive, send)
            return
        headers = {name.lower(): value for name, value in scope["headers"]}
        if b"range" in headers and path.suffix != ".css":
            await self._app(scope, receive, send)
            return
        coding = best_coding(headers.get(b"accept-encoding", b"").decode("latin-1"))
        file = await run_in_threadpool(self._packed, scope["path"], path, coding)
        if _matches(headers.get(b"if-none-match", b""), file.etag):
            kept = [(name, value) for name, value in file.headers if name in (b"cache-control", b"etag", b"vary")]
            await send({"type": "http.response.start", "status": 304, "headers": kept})
            await send({"type": "http.response.body", "body": b""})
            return
        length = (b"content-length", str(len(file.body)).encode())
        await send({"type": "http.response.start", "status": 200, "headers": [*file.headers, length]})
        await send({"type": "http.response.body", "body": b"" if scope["method"] == "HEAD" else file.body})

    def _packed(self, address: str, path: Path, coding: str) -> Packed:
        with self._locks[address]:  # a hundred visitors at the start do not pack the same file a hundred times
            return pack(path, coding)


def _packable(folder: Path) -> Iterable[Path]:
    return (path for path in folder.rglob("*") if path.suffix in PACKED and path.is_file())


def _matches(asked: bytes, etag: bytes) -> bool:
    return asked.strip() == b"*" or etag in (one.strip().removeprefix(b"W/") for one in asked.split(b","))
