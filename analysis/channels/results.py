"""The public page of results and its files: made once for each publication and language, kept packed in memory."""

import gzip
import hashlib
import time
from collections import OrderedDict
from collections.abc import Callable, Hashable
from dataclasses import dataclass, replace
from threading import Lock
from typing import NamedTuple

import brotli
from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from analysis import published
from analysis.channels import results_page
from analysis.published import Mark, Publication
from analysis.take_away import File
from analysis.words import MESSAGES
from data.errors import NotFound, SoundingsError
from data.store import Store
from survey.channels.requests import SANDBOX, Site, actor_of, address_of, error_page, now, page, words_of
from survey.channels.static_files import best_coding
from survey.guard import Guard
from survey.translator import LANGUAGES, Words

MOST_BYTES = 64_000_000
"""Of pages and files that are remembered; the one that was asked for longest ago goes first."""
KEPT_SECONDS = 60
"""So long a browser or a cache on the way shows a page without asking whether it stands there still."""
FRESH_SECONDS = 1.0
_EVERYTHING = "all.zip"
_PAGE = ""


class Wanted(NamedTuple):
    """What is asked for of a page: its language, the name of a file or _PAGE, and how it is packed."""

    language: str
    name: str = _PAGE
    coding: str = ""


@dataclass(frozen=True, slots=True)
class Packed:
    """A body as it is sent, with its type, its name as a file ("" for a page), and its ETag."""

    body: bytes
    content_type: str
    name: str
    coding: str
    etag: str


class Shelf:
    """What was made of published pages. One maker at a time; whoever asks for the same waits and takes it too.

    fresh_seconds  so long the database is not asked again whether a page is the same
    """

    def __init__(self, *, most_bytes: int = MOST_BYTES, fresh_seconds: float = FRESH_SECONDS) -> None:
        self._most = most_bytes
        self._fresh = fresh_seconds
        self._held: OrderedDict[Hashable, Packed] = OrderedDict()
        self._bytes = 0
        self._marks: dict[str, tuple[float, Mark]] = {}
        self._quoting: dict[str, bool] = {}
        self._lock = Lock()
        self._making = Lock()

    def ready(self, slug: str, wanted: Wanted) -> Packed | None:
        """What was asked for, when it lies here and the database was asked a moment ago; takes no time."""
        with self._lock:
            known = self._marks.get(slug)
            if known is None or time.monotonic() - known[0] >= self._fresh:
                return None
            return self._find((slug, known[1], wanted))

    def take(self, store: Store, slug: str, wanted: Wanted, before: Callable[[], None]) -> Packed:
        """What was asked for; `before` is called before it is made, and may refuse.

        Raises  NotFound "published.unknown" for what does not stand on the page.
        """
        if (held := self._asked(store, slug, wanted)) is not None:
            return held
        before()
        with self._making:
            if (held := self._asked(store, slug, wanted)) is not None:
                return held
            then = published.mark(store, slug, quotes=True)
            found = published.publication(store, slug, wanted.language)
            made = _made(found, wanted)
            if published.mark(store, slug, quotes=True) == then:  # else it may be of a page in between
                self._quoting[slug] = found.quotes
                with self._lock:
                    self._keep((slug, then if found.quotes else replace(then, answers=()), wanted), made)
            return made

    def _asked(self, store: Store, slug: str, wanted: Wanted) -> Packed | None:
        """What lies here of the page as the database has it now."""
        try:
            mark = published.mark(store, slug, quotes=self._quoting.get(slug, True))
        except NotFound:
            with self._lock:
                self._marks.pop(slug, None)
            raise
        with self._lock:
            self._marks[slug] = (time.monotonic(), mark)
            return self._find((slug, mark, wanted))

    def _find(self, key: Hashable) -> Packed | None:
        if key in self._held:
            self._held.move_to_end(key)
        return self._held.get(key)

    def _keep(self, key: Hashable, made: Packed) -> None:
        self._held[key] = made
        self._bytes += len(made.body)
        while self._bytes > self._most and len(self._held) > 1:
            _key, gone = self._held.popitem(last=False)
            self._bytes -= len(gone.body)


def routes(site: Site, guard: Guard, *, fresh_seconds: float = FRESH_SECONDS) -> list[Route]:
    """/results/SLUG in the reader's language, /results/SLUG/LANGUAGE, its files below it, and for staff the same under
    /results/SLUG/preview."""
    shelf = Shelf(fresh_seconds=fresh_seconds)

    async def answer(request: Request, wanted: Wanted, *, negotiated: bool = False) -> Response:
        slug = request.path_params["slug"]
        try:
            held = shelf.ready(slug, wanted)
            if held is None:
                held = await run_in_threadpool(
                    shelf.take, site.store(), slug, wanted, lambda: guard.require_calm(address_of(request), "look")
                )
        except NotFound:
            return _nothing(request, "" if negotiated else wanted.language)
        except SoundingsError as error:
            return error_page(error, Words(wanted.language), MESSAGES)
        return _answer(request, held, wanted.language, negotiated=negotiated)

    async def shown(request: Request) -> Response:
        language = request.path_params.get("language", "")
        if language and language not in LANGUAGES:
            return _nothing(request)
        coding = best_coding(request.headers.get("accept-encoding", ""))
        wanted = Wanted(language or words_of(request).language, _PAGE, coding)
        return await answer(request, wanted, negotiated=not language)

    async def file(request: Request) -> Response:
        if request.path_params["language"] not in LANGUAGES:
            return _nothing(request)
        return await answer(request, Wanted(request.path_params["language"], request.path_params["file"]))

    async def preview(request: Request) -> Response:
        words = words_of(request, request.path_params.get("language", ""))
        name = request.path_params.get("file", _PAGE)

        def made() -> Packed:
            actor = actor_of(request, site)
            found = published.preview(site.store(), request.path_params["slug"], words.language, actor=actor, now=now())
            if name:
                return _whole(_file(found, name))
            return _page(results_page.html(found, preview=True), "")

        try:
            return _sent(await run_in_threadpool(made))
        except SoundingsError as error:
            return error_page(error, words, MESSAGES)

    return [
        Route("/results/{slug:str}", shown, methods=["GET"]),
        Route("/results/{slug:str}/preview", preview, methods=["GET"]),
        Route("/results/{slug:str}/preview/{language:str}", preview, methods=["GET"]),
        Route("/results/{slug:str}/preview/{language:str}/{file:str}", preview, methods=["GET"]),
        Route("/results/{slug:str}/{language:str}", shown, methods=["GET"]),
        Route("/results/{slug:str}/{language:str}/{file:str}", file, methods=["GET"]),
    ]


def _made(found: Publication, wanted: Wanted) -> Packed:
    if wanted.name != _PAGE:
        return _whole(_file(found, wanted.name))
    return _page(results_page.html(found), wanted.coding)


def _page(text: str, coding: str) -> Packed:
    content = text.encode()
    if coding == "br":
        content = brotli.compress(content, quality=9)
    elif coding == "gzip":
        content = gzip.compress(content, 9, mtime=0)
    return Packed(content, "text/html; charset=utf-8", "", coding, _etag(content))


def _file(found: Publication, name: str) -> File:
    if name == _EVERYTHING:
        return published.everything_file(found)
    place, _, kind = name.partition(".")
    if not (place.isascii() and place.isdecimal() and len(place) < 4):
        raise NotFound("published.unknown")
    return published.finding_file(found, int(place), kind)


def _whole(file: File) -> Packed:
    return Packed(file.content, file.content_type, file.name, "", _etag(file.content))


def _etag(content: bytes) -> str:
    return f'"{hashlib.sha256(content).hexdigest()[:20]}"'


def _answer(request: Request, packed: Packed, language: str, *, negotiated: bool) -> Response:
    headers = {
        "Cache-Control": f"public, max-age={KEPT_SECONDS}",
        "ETag": packed.etag,
        "Content-Language": language,
    }
    if not packed.name:
        headers["Vary"] = "Accept-Encoding, Accept-Language" if negotiated else "Accept-Encoding"
    if _matches(request.headers.get("if-none-match", ""), packed.etag):
        return Response(status_code=304, headers=headers)
    return _sent(packed, headers)


def _sent(packed: Packed, headers: dict[str, str] | None = None) -> Response:
    more = {"Content-Security-Policy": SANDBOX if packed.name else results_page.POLICY}
    if packed.name:
        more["Content-Disposition"] = f'attachment; filename="{packed.name}"'
    if packed.coding:
        more["Content-Encoding"] = packed.coding
    default = {"Cache-Control": "no-store", "X-Robots-Tag": "noindex"}
    return Response(
        packed.body,
        media_type=packed.content_type,
        headers={**(default if headers is None else headers), **more, "X-Content-Type-Options": "nosniff"},
    )


def _nothing(request: Request, language: str = "") -> Response:
    """One answer for what is not there, not published or withdrawn."""
    words = words_of(request, language)
    text = words.translate("There is no page here, or it was taken away.")
    answer = page(words, words.translate("Nothing is published here"), text, status=404)
    answer.headers["Vary"] = "Accept-Language"
    return answer


def _matches(asked: str, etag: str) -> bool:
    return asked.strip() == "*" or etag in (one.strip().removeprefix("W/") for one in asked.split(","))
