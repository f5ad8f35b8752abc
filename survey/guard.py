"""Against machines: how often one address, one code and one consultation may ask, and whether a person began the form.

One guard stands below both doors and below the routes for files and copies. Nothing is asked of people and no other
host is involved. The counts live in this process and are gone with it; several processes over one database tell each
other theirs every second, so that nobody has more tries because there are more of them.
"""

import asyncio
import hmac
import ipaddress
import logging
import math
import secrets
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from hashlib import sha256

from limits import RateLimitItem, RateLimitItemPerDay, RateLimitItemPerHour, RateLimitItemPerMinute
from limits.storage import Storage
from limits.strategies import FixedWindowRateLimiter

from data.errors import NotFound, SoundingsError, Unavailable
from data.sharing import Sharing
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
_RIGHT = (
    "response.expired_code",
    "response.erased",
    "response.erased_from_trash",
    "response.deleted",
    "response.not_visible",
    "response.not_begun",
)
"""What is said to the holder of a right code that opens nothing any more, or nothing yet. Named one by one: a
consultation that does not exist, for one, is told before any code is looked at."""


TELL_SECONDS = 1.0
"""So often processes tell each other their counts; for so long each may let through what the others have counted."""
SWEEP_SECONDS = 60.0
"""So often counts that have ended are dropped."""
OPENED_SECONDS = 24 * 3600.0
"""For so long a code that was right goes on at its address while wrong ones are held up there."""
MOST_OPENED = 50_000
"""So many such codes are remembered, in some 10 MB."""
_log = logging.getLogger("soundings")


class Guard:
    """The limits of one process, or with `sharing` of all that serve the same database. With `on` false nobody is ever
    held up."""

    def __init__(self, *, on: bool = True, sharing: Sharing | None = None) -> None:
        self._on = on
        self._sharing = sharing
        self._key = secrets.token_bytes(32) if sharing is None else b""
        self._counts = None if sharing is None else CountsOfAll(sharing)
        self._limiter = FixedWindowRateLimiter(self._counts or Counts())
        self._opened_here = _Opened()

    async def each_second(self) -> None:
        """Without end: this process and the others know what each has counted. For one alone it ends at once."""
        while self._sharing is not None:
            try:
                await asyncio.to_thread(self.tell)
            except Exception as error:  # whatever the database says: it is tried again, and nobody waits for it
                _log.error("the counts of the processes cannot be exchanged", exc_info=error)
            await asyncio.sleep(TELL_SECONDS)

    def tell(self) -> None:
        """The other processes know what was counted here, and this one what they have. While the database is away each
        counts for itself."""
        if self._sharing is None or self._counts is None:
            return
        try:
            self._key = self._sharing.secret()
            self._counts.tell()
        except SoundingsError as error:
            _log.warning("the counts of the processes were not exchanged: %s", error.code)

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
    def guessing(self, address: str, slug: str = "", code: str | None = None) -> Iterator[None]:
        """Counts the wrong codes and links of an address, and those of a consultation; after too many of an address
        none is tried for it. While a consultation has too many, each address has but a few.

        A right code is held up like a wrong one, or who guesses would go on until one is let through. Only a code that
        was right at this address before goes on. Whoever guesses there meanwhile could thus hit one of those, and no
        other: of all codes that can be written they are so few that nobody does.

        code    that is tried; "" where none is, as when a response is begun without a personal link: nobody is held up
        Raises  Unavailable("request.too_many_guesses") with the minutes until one is tried again.
        """
        who = counted_as(address)
        limit = self._reached(who, slug) if self._on and code != "" else ""
        if limit and not (code and self._opened_here.knows(who, code)):
            end = self._limiter.get_window_stats(_LIMITS[limit], limit, who).reset_time
            minutes = max(1, math.ceil((end - time.time()) / 60))
            raise Unavailable("request.too_many_guesses", minutes=minutes)
        try:
            yield
            if code:
                self.opened(address, code)
        except NotFound as error:
            if self._on and error.code in _GUESSES:
                self._limiter.hit(_LIMITS["guess"], "guess", who)
                self._limiter.hit(_LIMITS["guess-few"], "guess-few", who)
                self._limiter.hit(_LIMITS["guess-link"], "guess-link", slug)
            elif code and error.code in _RIGHT:
                self.opened(address, code)
            raise

    def opened(self, address: str, code: str) -> None:
        """This code was made at this address, or was right there: it is not held up there for a day."""
        self._opened_here.add(counted_as(address), code)

    def _reached(self, who: str, slug: str) -> str:
        """The limit that holds this address up, "" for none."""
        if not self._limiter.test(_LIMITS["guess"], "guess", who):
            return "guess"
        if self._limiter.test(_LIMITS["guess-link"], "guess-link", slug):
            return ""
        return "" if self._limiter.test(_LIMITS["guess-few"], "guess-few", who) else "guess-few"

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
        if not self._key and self._sharing is not None:
            self._key = self._sharing.secret()
        return hmac.new(self._key, f"{moment} {place}".encode(errors="replace"), sha256).hexdigest()[:32]


class _Opened:
    """Which codes were right at which address lately, as hashes; the oldest are forgotten first. Of this process."""

    def __init__(self) -> None:
        self._mutex = threading.Lock()
        self._key = secrets.token_bytes(32)
        self._until: dict[bytes, float] = {}

    def add(self, who: str, code: str) -> None:
        """This code was right at this address."""
        moment, name = time.monotonic(), self._named(who, code)
        with self._mutex:
            self._until.pop(name, None)  # the last one stands last
            self._until[name] = moment + OPENED_SECONDS
            while len(self._until) > MOST_OPENED:
                del self._until[next(iter(self._until))]

    def knows(self, who: str, code: str) -> bool:
        """True when it was, within OPENED_SECONDS."""
        with self._mutex:
            return self._until.get(self._named(who, code), 0.0) > time.monotonic()

    def _named(self, who: str, code: str) -> bytes:
        return hmac.new(self._key, f"{who} {normalised(code)}".encode(errors="replace"), sha256).digest()


class Counts(Storage):
    """Counts of this process, each of which ends so long after it began. Threads share it.

    That of `limits` begins a thread in every hundredth of a second in which something is counted.
    """

    STORAGE_SCHEME = None

    def __init__(self) -> None:
        super().__init__()
        self._mutex = threading.Lock()
        self._known: dict[str, tuple[int, float]] = {}
        """name -> (count, when it ends by our clock)"""
        self._sweep_at = 0.0

    @property
    def base_exceptions(self) -> type[Exception]:
        """What the store raises."""
        return SoundingsError

    def incr(self, key: str, expiry: int, amount: int = 1) -> int:
        """The count after one more."""
        moment = time.monotonic()
        with self._mutex:
            if moment >= self._sweep_at:
                self._known = _lasting(self._known, moment)
                self._sweep_at = moment + SWEEP_SECONDS
            count, end = self._known.get(key, (0, 0.0))
            if end <= moment:
                count, end = 0, moment + expiry
            self._known[key] = (count + amount, end)
        return count + amount

    def get(self, key: str) -> int:
        """The count as it stands."""
        with self._mutex:
            return self._all(key)

    def get_expiry(self, key: str) -> float:
        """When the count ends, in seconds of `time.time`."""
        with self._mutex:
            return time.time() + max(0.0, self._known.get(key, (0, 0.0))[1] - time.monotonic())

    def check(self) -> bool:
        """True: a process can always count for itself."""
        return True

    def reset(self) -> None:
        """Counts end by themselves."""
        raise NotImplementedError

    def clear(self, key: str) -> None:
        """Counts end by themselves."""
        raise NotImplementedError

    def _all(self, key: str) -> int:
        count, end = self._known.get(key, (0, 0.0))
        return count if end > time.monotonic() else 0


class CountsOfAll(Counts):
    """Counts of all processes: each counts at once for itself, so that no request waits, and `tell` brings them
    together. What is known is what all had counted when they were asked last."""

    def __init__(self, sharing: Sharing) -> None:
        super().__init__()
        self._sharing = sharing
        self._added: dict[str, tuple[int, int]] = {}
        """name -> (what was counted here since, seconds until a count that begins now ends)"""
        self._looked_at: set[str] = set()
        self._before: set[str] = set()
        """What was asked about a second ago is asked again: by then all others have told what they had counted."""

    def incr(self, key: str, expiry: int, amount: int = 1) -> int:
        """The count after one more."""
        with self._mutex:
            added = self._added.get(key, (0, 0))[0] + amount
            self._added[key] = (added, expiry)
            return self._all(key) + added

    def get(self, key: str) -> int:
        """The count as far as it is known here; what others count becomes known within a second."""
        with self._mutex:
            self._looked_at.add(key)
            return self._all(key) + self._added.get(key, (0, 0))[0]

    def get_expiry(self, key: str) -> float:
        """When the count ends; of one that the others do not know yet, what it would be if it began now."""
        with self._mutex:
            known = key in self._known
            seconds = self._added.get(key, (0, 0))[1]
        return super().get_expiry(key) if known else time.time() + seconds

    def tell(self) -> None:
        """What was counted here goes to the others, what they have counted comes here. Raises what the store does; then
        nothing is forgotten."""
        with self._mutex:
            added, self._added = self._added, {}
            touched, self._looked_at = self._looked_at | set(added), set()
            looked_at, self._before = touched | self._before, touched
        found: dict[str, tuple[int, float]] = {}
        try:
            if looked_at:
                found = self._sharing.counted(added, looked_at)
        except SoundingsError:
            with self._mutex:
                for key, (more, seconds) in added.items():
                    self._added[key] = (self._added.get(key, (0, 0))[0] + more, seconds)
            raise
        moment = time.monotonic()
        with self._mutex:
            self._known = _lasting(self._known, moment)
            self._known |= {key: (count, moment + seconds) for key, (count, seconds) in found.items() if count}


def _lasting(counts: dict[str, tuple[int, float]], moment: float) -> dict[str, tuple[int, float]]:
    """Those that have not ended."""
    return {key: known for key, known in counts.items() if known[1] > moment}


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
