"""What every route of ours does with a request: whose it is, in which language, where it came from."""

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from urllib.parse import urlsplit

from jinja2 import Environment
from starlette.requests import Request
from starlette.responses import HTMLResponse, JSONResponse, Response

from data.errors import Conflict, InvalidInput, NotAllowed, NotFound, SoundingsError, Unavailable
from data.settings import Settings
from data.store import Store
from survey import people
from survey.access import ANONYMOUS, Actor
from survey.translator import LANGUAGES, Words, nearest
from survey.words import MESSAGES

COOKIE = "soundings_session"
"""Name of the staff session cookie; the pages read it through `survey.ui.identity`."""

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
    return people.actor_of(site.store(), request.cookies.get(COOKIE), now=now()) or ANONYMOUS


def address_of(request: Request) -> str:
    """The reader's address; behind a proxy the one that it names (docs/administrators.md)."""
    return request.client.host if request.client else ""


def require_same_site(request: Request) -> None:
    """Refuses a form that another site made the browser send."""
    fetch_site = request.headers.get("sec-fetch-site")
    if fetch_site is not None:
        if fetch_site not in ("same-origin", "none"):
            raise NotAllowed("request.foreign")
        return
    origin = request.headers.get("origin")
    if origin is not None and urlsplit(origin).netloc != request.headers.get("host", ""):
        raise NotAllowed("request.foreign")


def status_of(error: SoundingsError) -> int:
    """The HTTP status that fits an error."""
    if error.code == "file.too_large":
        return 413
    if error.code == "request.too_slow":
        return 408
    if error.code == "request.too_many":
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


def error_page(error: SoundingsError, words: Words, messages: Mapping[str, str] = MESSAGES) -> Response:
    """A page that says what is wrong and leads back."""
    text = words.error(error, messages)
    return page(words, words.translate("This did not work"), text, status=status_of(error))


def error_json(error: SoundingsError, words: Words) -> Response:
    """The same for a script: {"code", "message"}."""
    return JSONResponse({"code": error.code, "message": words.error(error, MESSAGES)}, status_code=status_of(error))


def page(words: Words, title: str, text: str, *, body: str = "", status: int = 200) -> Response:
    """A small page of ours; `body` is trusted HTML made by us, title and text are not."""
    return HTMLResponse(
        _PAGE.render(words=words, title=title, text=text, body=body, back=words.translate("Go back")),
        status_code=status,
    )


_PAGE = Environment(autoescape=True).from_string((Path(__file__).parent / "page.html").read_text(encoding="utf-8"))
