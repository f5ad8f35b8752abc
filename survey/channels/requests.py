"""What every route of ours does with a request: whose it is, in which language, where it came from."""

from collections.abc import Awaitable, Callable, Mapping, MutableMapping
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from jinja2 import Environment
from starlette.requests import Request
from starlette.responses import HTMLResponse, JSONResponse, Response

from data.errors import Conflict, InvalidInput, NotAllowed, NotFound, SoundingsError, Unavailable
from data.settings import Settings
from data.store import Store
from survey import people, visits
from survey.access import ANONYMOUS, Actor
from survey.channels.proxies import ORIGINS, origin_of
from survey.translator import LANGUAGES, Words, nearest
from survey.words import MESSAGES

SANDBOX = "default-src 'none'; style-src 'unsafe-inline'; sandbox; frame-ancestors 'none'"
"""The policy of a file that is taken away: whoever opens it here after all finds a page that can do nothing."""

_MOST_KEY = 2**31 - 1
"""What an integer column of PostgreSQL holds at most; it refuses to compare with more."""

Endpoint = Callable[[Request], Awaitable[Response]]


@dataclass(frozen=True, slots=True)
class Site:
    """What the routes need: how to reach the store, and the settings."""

    store: Callable[[], Store]
    settings: Settings


def now() -> datetime:
    """The present moment in UTC."""
    return datetime.now(UTC)


def words_of(request: Request, wanted: str = "") -> Words:
    """The words in the wanted language, else in the one that the browser asks for."""
    asked = [wanted, request.query_params.get("lang", "")]
    asked += [part.split(";")[0].strip() for part in request.headers.get("accept-language", "").split(",")]
    for tag in asked:
        if tag and (found := nearest(tag, tuple(LANGUAGES), fallback="")) in LANGUAGES:
            return Words(found)
    return Words("en")


def actor_of(request: Request, site: Site) -> Actor:
    """Whoever is signed in, ANONYMOUS when nobody is."""
    return people.actor_of(site.store(), request.cookies.get(site.settings.session_cookie), now=now()) or ANONYMOUS


def address_of(request: Request) -> str:
    """The reader's address; behind a proxy the one that it names (docs/administrators.md)."""
    return request.client.host if request.client else ""


def key_of(text: str) -> int:
    """The key of a row as it stands in a request; 0, which nothing has, for what is none."""
    key = int(text) if text.isascii() and text.isdecimal() and len(text) < 16 else 0
    return key if key <= _MOST_KEY else 0


def require_same_site(request: Request) -> None:
    """Refuses a form that another site made the browser send: scheme, name and port must be ours."""
    fetch_site = request.headers.get("sec-fetch-site")
    if fetch_site is not None:
        if fetch_site not in ("same-origin", "none"):
            raise NotAllowed("request.foreign")
        return
    origin = request.headers.get("origin")
    if origin is not None and not is_own_origin(request.scope, origin):
        raise NotAllowed("request.foreign")


def is_own_origin(scope: MutableMapping[str, Any], origin: str) -> bool:
    """True for exactly the address by which this server was asked, or its public one."""
    found = origin_of(origin)
    return bool(found) and found in scope.get(ORIGINS, ())


def form_field(request: Request, site: Site) -> str:
    """The hidden field that a form for one of our routes needs (`survey.channels.forms`)."""
    return visits.form_field(*visits.known_by(request.cookies, site.settings))


def status_of(error: SoundingsError) -> int:
    """The HTTP status that fits an error."""
    if error.code in ("file.too_large", "request.too_large"):
        return 413
    if error.code == "request.too_slow":
        return 408
    if error.code in ("request.too_many", "request.too_many_guesses"):
        return 429
    if error.code == "response.erased":
        return 410
    for kind, status in _STATUS.items():
        if isinstance(error, kind):
            return status
    return 500


_STATUS: Mapping[type[SoundingsError], int] = {
    InvalidInput: 400,
    NotAllowed: 403,
    NotFound: 404,
    Conflict: 409,
    Unavailable: 503,
}


def error_page(
    error: SoundingsError, words: Words, messages: Mapping[str, str] = MESSAGES, *, back_to: str = "/"
) -> Response:
    """A page that says what is wrong and leads back."""
    text = words.error(error, messages)
    return page(words, words.translate("This did not work"), text, status=status_of(error), back_to=back_to)


def error_json(error: SoundingsError, words: Words) -> Response:
    """The same for a script: {"code", "message"}."""
    return JSONResponse({"code": error.code, "message": words.error(error, MESSAGES)}, status_code=status_of(error))


def page(words: Words, title: str, text: str, *, body: str = "", status: int = 200, back_to: str = "/") -> Response:
    """A small page of ours; `body` is trusted HTML made by us, title and text are not."""
    return HTMLResponse(
        _PAGE.render(words=words, title=title, text=text, body=body, back=words.translate("Go back"), back_to=back_to),
        status_code=status,
    )


_PAGE = Environment(autoescape=True).from_string((Path(__file__).parent / "page.html").read_text(encoding="utf-8"))
