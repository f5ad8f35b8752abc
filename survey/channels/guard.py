"""Against machines: how often one address or one code may ask, and whether a person began the form.

Nothing is asked of people and no other host is involved. The counts live in this process and are gone with it.
"""

import hmac
import secrets
import time
from collections.abc import Iterator
from contextlib import contextmanager
from hashlib import sha256

from limits import RateLimitItemPerHour, RateLimitItemPerMinute
from limits.storage import MemoryStorage
from limits.strategies import FixedWindowRateLimiter
from starlette.datastructures import FormData
from starlette.requests import Request

from data.errors import NotFound, Unavailable

TRAP = "website"
"""A field that people do not see; a machine fills it in."""
LEAST_SECONDS = 1.0
"""Nobody reads the first page faster."""
LONGEST_SECONDS = 24 * 3600.0

_LIMITS = {
    # An office or a conference behind one address must get through.
    "begin": RateLimitItemPerHour(120),
    "look": RateLimitItemPerMinute(1200),
    "save": RateLimitItemPerMinute(1200),
    "code": RateLimitItemPerMinute(240),
    "guess": RateLimitItemPerHour(60),
}


class Guard:
    """The limits of one process. With `on` false nobody is ever held up."""

    def __init__(self, *, on: bool = True) -> None:
        self._on = on
        self._key = secrets.token_bytes(32)
        self._limiter = FixedWindowRateLimiter(MemoryStorage())

    def require_calm(self, request: Request, what: str, code: str = "") -> None:
        """Raises Unavailable("request.too_many") when this address, or this code, has asked too often."""
        if not self._on:
            return
        if not self._limiter.hit(_LIMITS[what], what, _address(request)):
            raise Unavailable("request.too_many")
        if code and not self._limiter.hit(_LIMITS["code"], "code", sha256(code.encode()).hexdigest()):
            raise Unavailable("request.too_many")

    @contextmanager
    def guessing(self, request: Request) -> Iterator[None]:
        """Counts the wrong codes of an address; after too many no code is tried for it."""
        who = _address(request)
        if self._on and not self._limiter.test(_LIMITS["guess"], "guess", who):
            raise Unavailable("request.too_many")
        try:
            yield
        except NotFound as error:
            if self._on and error.code == "response.unknown_code":
                self._limiter.hit(_LIMITS["guess"], "guess", who)
            raise

    def token(self) -> str:
        """When the page was drawn, signed."""
        moment = str(int(time.time()))
        return f"{moment}.{self._signed(moment)}"

    def is_human(self, form: FormData) -> bool:
        """True when the hidden field is empty and the page was drawn here and long enough ago."""
        moment, _dot, signature = str(form.get("t", "")).rpartition(".")
        if form.get(TRAP) or not hmac.compare_digest(signature, self._signed(moment)):
            return False
        return LEAST_SECONDS <= time.time() - float(moment) <= LONGEST_SECONDS

    def _signed(self, moment: str) -> str:
        return hmac.new(self._key, moment.encode(), sha256).hexdigest()[:32]


def _address(request: Request) -> str:
    return request.client.host if request.client else ""
