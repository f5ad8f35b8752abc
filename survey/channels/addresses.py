"""Which addresses are asked at all, before anything looks one up."""

import re

from starlette.requests import Request

from data.errors import InvalidInput
from survey.channels.middleware import Application, Receive, Scope, Send
from survey.channels.requests import error_page, words_of

NUL = re.compile(rb"%00|\0")
"""That sign in an address or a form, as it is sent."""


class PlainAddresses:
    """Answers 400 to an address with a NUL sign in it: nothing here has such a name, and a database cannot compare with
    one."""

    def __init__(self, app: Application) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Passes everything else on."""
        if scope["type"] == "http" and ("\0" in scope["path"] or NUL.search(scope["query_string"])):
            error = InvalidInput("request.unreadable")
            await error_page(error, words_of(Request(scope)))(scope, receive, send)
            return
        await self._app(scope, receive, send)
