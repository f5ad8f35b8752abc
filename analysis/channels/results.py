"""The public page of results and its files: made once for each publication and language, kept packed in memory."""

import gzip
import hashlib
from collections import OrderedDict
from collections.abc import Callable, Hashable
from dataclasses import dataclass
from threading import Lock

import brotli
from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from analysis import published
from analysis.channels import results_page
from analysis.published import Publication
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
_EVERYTHING = "all.zip"
_PAGE = ""


@dataclass(frozen=True, slots=True)
class Packed:
    """A body as it is sent, with its type and its name as a file ("" for a page)."""

    body: bytes
    content_type: str
    name: str
    coding: str

    @property
    def etag(self) -> str:
        return f'"{hashlib.sha256(self.body).hexdigest()[:20]}"'


class Shelf:
    """What was made of published pages. One maker at a time; whoever asks for the same waits and takes it too."""

    def __init__(self, most_bytes: int = MOST_BYTES) -> None:
        self._most = most_bytes
        self._held: OrderedDict[Hashable, tuple[Packed, str]] = OrderedDict()
        self._bytes = 0
        self._quoting: dict[str, bool] = {}
        self._lock = Lock()
        self._making = Lock()

    def page(self, store: Store, slug: str, language: str, coding: str) -> tuple[Packed, str]:
        """The page in that language, packed in that way, with its ETag."""
        return self._take(store, slug, (language, _PAGE, coding), lambda found: _packed(_document(found), coding))

    def file(self, store: Store, slug: str, language: str, name: str) -> tuple[Packed, str]:
        """One file of the page, or all of them; NotFound "published.unknown" for any other name."""
        return self._take(store, slug, (language, name, ""), lambda found: _whole(_file(found, name)))

    def _take(
        self, store: Store, slug: str, wanted: tuple[str, str, str], make: Callable[[Publication], Packed]
    ) -> tuple[Packed, str]:
        key = self._key(store, slug, wanted)
        if (held := self._find(key)) is not None:
            return held
        with self._making:
            key = self._key(store, slug, wanted)
            if (held := self._find(key)) is not None:
                return held
            found = published.publication(store, slug, wanted[0])
            made = make(found)
            self._quoting[slug] = found.quotes
            key = self._key(store, slug, wanted)
            held = (made, made.etag)
            self._keep(key, held)
            return held

    def _key(self, store: Store, slug: str, wanted: tuple[str, str, str]) -> Hashable:
        quotes = self._quoting.get(slug, True)
        return (slug, published.mark(store, slug, quotes=quotes), wanted)

    def _find(self, key: Hashable) -> tuple[Packed, str] | None:
        with self._lock:
            if key in self._held:
                self._held.move_to_end(key)
            return self._held.get(key)

    def _keep(self, key: Hashable, held: tuple[Packed, str]) -> None:
        with self._lock:
            self._held[key] = held
            self._bytes += len(held[0].body)
            while self._bytes > self._most and len(self._held) > 1:
                _key, (gone, _etag) = self._held.popitem(last=False)
                self._bytes -= len(gone.body)


def routes(site: Site, guard: Guard) -> list[Route]:
    """/results/SLUG in the reader's language, /results/SLUG/LANGUAGE, its files below it, and for staff the same under
    /results/SLUG/preview."""
    shelf = Shelf()

    async def shown(request: Request) -> Response:
        language = request.path_params.get("language", "")
        if language and language not in LANGUAGES:
            return _nothing(request)
        tag = language or words_of(request).language
        coding = best_coding(request.headers.get("accept-encoding", ""))
        try:
            held = await run_in_threadpool(shelf.page, site.store(), request.path_params["slug"], tag, coding)
        except NotFound:
            return _nothing(request, language)
        except SoundingsError as error:
            return error_page(error, Words(tag), MESSAGES)
        return _answer(request, *held, tag, negotiated=not language)

    async def file(request: Request) -> Response:
        language, name = request.path_params["language"], request.path_params["file"]
        if language not in LANGUAGES:
            return _nothing(request)
        try:
            guard.require_calm(address_of(request), "look")
            held = await run_in_threadpool(shelf.file, site.store(), request.path_params["slug"], language, name)
        except NotFound:
            return _nothing(request, language)
        except SoundingsError as error:
            return error_page(error, Words(language), MESSAGES)
        return _answer(request, *held, language, negotiated=False)

    async def preview(request: Request) -> Response:
        words = words_of(request, request.path_params.get("language", ""))
        name = request.path_params.get("file", _PAGE)

        def made() -> Packed:
            actor = actor_of(request, site)
            found = published.preview(site.store(), request.path_params["slug"], words.language, actor=actor, now=now())
            if name:
                return _whole(_file(found, name))
            text = results_page.html(found, preview=True)
            return Packed(text.encode(), "text/html; charset=utf-8", "", "")

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


def _document(found: Publication) -> bytes:
    return results_page.html(found).encode()


def _packed(content: bytes, coding: str) -> Packed:
    if coding == "br":
        content = brotli.compress(content, quality=9)
    elif coding == "gzip":
        content = gzip.compress(content, 9, mtime=0)
    return Packed(content, "text/html; charset=utf-8", "", coding)


def _file(found: Publication, name: str) -> File:
    if name == _EVERYTHING:
        return published.everything_file(found)
    place, _, kind = name.partition(".")
    if not (place.isascii() and place.isdecimal() and len(place) < 4):
        raise NotFound("published.unknown")
    return published.finding_file(found, int(place), kind)


def _whole(file: File) -> Packed:
    return Packed(file.content, file.content_type, file.name, "")


def _answer(request: Request, packed: Packed, etag: str, language: str, *, negotiated: bool) -> Response:
    headers = {
        "Cache-Control": f"public, max-age={KEPT_SECONDS}",
        "ETag": etag,
        "Content-Language": language,
    }
    if not packed.name:
        headers["Vary"] = "Accept-Encoding, Accept-Language" if negotiated else "Accept-Encoding"
    if _matches(request.headers.get("if-none-match", ""), etag):
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
