"""Against machines: how often one address, one code and one consultation may ask, and whether a person began the form.

One guard stands below both doors and below the routes for files and copies. Nothing is asked of people and no other
host is involved. The counts live in this process and are gone with it.
"""

import hmac
import ipaddress
import secrets
import time
from collections.abc import Iterator
from contextlib import contextmanager
from hashlib import sha256

from limits import RateLimitItem, RateLimitItemPerDay, RateLimitItemPerHour, RateLimitItemPerMinute
from limits.storage import MemoryStorage
from limits.strategies import FixedWindowRateLimiter

from data.errors import NotFound, Unavailable
from survey.codes import normalised

TRAP = "website"
"""A field that people do not see; a machine fills it in."""
LEAST_SECONDS = 1.0
"""Nobody reads the first page faster."""
LONGEST_SECONDS = 24 * 3600.0
"""A page left open for a day is drawn again."""
TOKEN_USES = 3
"""A double click, and once more by the browser's way back; what begins more drafts is a machine."""

_LIMITS: dict[str, RateLimitItem] = {
    # An office or a conference behind one address must get through.
    "begin": RateLimitItemPerHour(120),
    "look": RateLimitItemPerMinute(1200),
    "save": RateLimitItemPerMinute(1200),
    "provider": RateLimitItemPerMinute(120),
    # A browser saves every 20 seconds; a person does not press four times a second for a minute.
    "code": RateLimitItemPerMinute(240),
    # A person errs a few times; an office of people with letters errs more often.
    "guess": RateLimitItemPerHour(60),
    # So many wrong codes for one consultation come from many machines that take turns.
    "guess-link": RateLimitItemPerHour(1000),
    # Then an address may still err so often, and who has the right code is not held up.
    "guess-few": RateLimitItemPerHour(5),
}
_TOKEN = RateLimitItemPerDay(TOKEN_USES)
_GUESSES = ("response.unknown_code", "invitation.unknown_link")


class Guard:
    """The limits of one process. With `on` false nobody is ever held up."""

    def __init__(self, *, on: bool = True) -> None:
        self._on = on
        self._key = secrets.token_bytes(32)
        self._limiter = FixedWindowRateLimiter(MemoryStorage())

    def require_calm(self, address: str, what: str, code: str = "") -> None:
        """Raises Unavailable("request.too_many") when this address, or this code, has asked too often.

        what  "begin", "look", "save" or "provider"
        """
        if not self._on:
            return
        if not self._limiter.hit(_LIMITS[what], what, counted_as(address)):
            raise Unavailable("request.too_many")
        if code and not self._limiter.hit(_LIMITS["code"], "code", sha256(normalised(code).encode()).hexdigest()):
            raise Unavailable("request.too_many")

    @contextmanager
    def guessing(self, address: str, slug: str = "") -> Iterator[None]:
        """Counts the wrong codes and links of an address, and those of a consultation; after too many of an address
        none is tried for it. While a consultation has too many, each address has but a few."""
        who = counted_as(address)
        if self._on and not self._may_guess(who, slug):
            raise Unavailable("request.too_many")
        try:
            yield
        except NotFound as error:
            if self._on and error.code in _GUESSES:
                self._limiter.hit(_LIMITS["guess"], "guess", who)
                self._limiter.hit(_LIMITS["guess-few"], "guess-few", who)
                self._limiter.hit(_LIMITS["guess-link"], "guess-link", slug)
            raise

    def _may_guess(self, who: str, slug: str) -> bool:
        if not self._limiter.test(_LIMITS["guess"], "guess", who):
            return False
        if self._limiter.test(_LIMITS["guess-link"], "guess-link", slug):
            return True
        return self._limiter.test(_LIMITS["guess-few"], "guess-few", who)

    def token(self, place: str) -> str:
        """When the page was drawn, signed for this place: the door and the consultation."""
        moment = f"{time.time_ns() // 1_000_000}.{secrets.token_hex(4)}"
        return f"{moment}.{self._signed(moment, place)}"

    def is_human(self, token: str, trap: str, place: str) -> bool:
        """True when the hidden field is empty and the page was drawn for this place, here, long enough ago and not used
        up yet. A token that is good is used once more."""
        moment, _dot, signature = token.rpartition(".")
        # As bytes: text beyond ASCII cannot be compared so, and a client may send half a letter.
        if trap or not hmac.compare_digest(signature.encode(errors="replace"), self._signed(moment, place).encode()):
            return False
        elapsed_seconds = time.time() - int(moment.partition(".")[0]) / 1000
        if not LEAST_SECONDS <= elapsed_seconds <= LONGEST_SECONDS:
            return False
        return self._limiter.hit(_TOKEN, "token", signature)

    def _signed(self, moment: str, place: str) -> str:
        return hmac.new(self._key, f"{moment} {place}".encode(errors="replace"), sha256).hexdigest()[:32]


def counted_as(address: str) -> str:
    """What stands for an address in the counts: of IPv6 the first 64 bits, which one subscriber has as a whole."""
    try:
        found = ipaddress.ip_address(address.partition("%")[0])
    except ValueError:
        return address
    if isinstance(found, ipaddress.IPv6Address):
        if found.ipv4_mapped is not None:
            return str(found.ipv4_mapped)
        if not found.is_loopback:
            return str(ipaddress.IPv6Network((found, 64), strict=False))
    return "127.0.0.1" if found.is_loopback else str(found)
