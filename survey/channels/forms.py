"""The posted forms of staff: each carries the token of the visit for which it was drawn (`survey.visits`).

Here only for routes that act by a cookie, which a browser sends along whoever made it send the form. The routes of
respondents (/f/, /files, /own-data, /receipts/) read no cookie: the personal code in the body is what permits, which
no other site knows. So the light form needs no cookie; that other sites are refused there too, is
`require_same_site`.
"""

from urllib.parse import parse_qs

from starlette.requests import Request

from data.errors import InvalidInput, NotAllowed, SoundingsError
from data.settings import Settings
from survey import visits
from survey.channels.addresses import NUL
from survey.channels.bodies import MOST_BODY_BYTES
from survey.channels.middleware import Application, Message, Receive, Scope, Send
from survey.channels.requests import error_page, require_same_site, words_of

PREFIX = "/account/"
TYPE = "application/x-www-form-urlencoded"
MOST_FIELDS = 50


class OwnForms:
    """Lets a POST below PREFIX through that came from our own page, as a plain form with the right token."""

    def __init__(self, app: Application, settings: Settings) -> None:
        self._app = app
        self._settings = settings

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """The body is read here, and read again by the route."""
        if scope["type"] != "http" or scope["method"] in ("GET", "HEAD") or not scope["path"].startswith(PREFIX):
            await self._app(scope, receive, send)
            return
        request = Request(scope, receive)
        body = b""
        try:
            require_same_site(request)
            if request.headers.get("content-type", "").partition(";")[0].strip().lower() != TYPE:
                raise InvalidInput("request.unreadable")
            body = await _body(request)
            if NUL.search(body):  # no name has that sign, and a database cannot compare with one
                raise InvalidInput("request.unreadable")
            token = _field(body, visits.FIELD)
            if not visits.is_own_form(token, *visits.known_by(request.cookies, self._settings)):
                raise NotAllowed("request.form_expired")
        except SoundingsError as error:
            await error_page(error, words_of(request, _field(body, "lang")))(scope, receive, send)
            return
        given = False

        async def again() -> Message:
            nonlocal given
            if given:
                return await receive()
            given = True
            return {"type": "http.request", "body": body, "more_body": False}

        await self._app(scope, again, send)


async def _body(request: Request) -> bytes:
    received = bytearray()
    async for part in request.stream():
        received += part
        if len(received) > MOST_BODY_BYTES:
            raise InvalidInput("request.too_large")
    return bytes(received)


def _field(body: bytes, name: str) -> str:
    try:
        fields = parse_qs(body.decode("latin-1"), max_num_fields=MOST_FIELDS, errors="replace")
    except ValueError:
        return ""
    return fields.get(name, [""])[-1]
