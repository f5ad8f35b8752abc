"""Passwords of staff: which are good enough (NIST SP 800-63B), and their argon2 hashes and those of recovery codes.

Length and a list of what is tried first decide; nothing is asked about kinds of characters, and no password ages.
"""

import threading
import unicodedata
from functools import lru_cache
from pathlib import Path

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerifyMismatchError

from data.errors import InvalidInput
from data.settings import LEAST_PASSWORD_ALONE
from survey.codes import hash_of

SHORTEST = LEAST_PASSWORD_ALONE
"""Fewest characters, when no setting says otherwise."""
LONGEST = 1000
"""A bound for what is hashed; nothing shorter is cut."""
NONE = "!"
"""In the place of a hash: no password opens this account."""
PRODUCT = "soundings"
_SHORT_NAME = 4
"""A name of fewer letters stands in too many words."""

_COMMON = Path(__file__).resolve().parents[1] / "data" / "reference" / "common_passwords.txt"
_hasher = PasswordHasher()
_code_hasher = PasswordHasher(time_cost=2, memory_cost=19 * 1024, parallelism=1)
"""For codes of 60 random bits, of which one that is typed may be any of ten: the least cost that OWASP names."""
_hashing = threading.BoundedSemaphore(2)  # each hash takes 64 MiB
_NOBODYS = "$argon2id$v=19$m=65536,t=3,p=4$CJj9Pkg26xYdXeq6wJoMzQ$ZDLDz5rT1nfYeRWiqgX8yNSgV8YBS+CM/ECka0yps/Y"
"""Compared with where there is no other; made beforehand, or the first comparison would take twice as long."""


def normalised(password: str) -> str:
    """The same password however a keyboard composes its letters (NFKC); nothing is cut off."""
    return unicodedata.normalize("NFKC", password)


def require_good(password: str, *, login: str, name: str, minimum: int = SHORTEST) -> None:
    """Raises InvalidInput for a password that is too short, too long, too common, or made of a name.

    minimum  characters after normalisation, each letter of every script as one
    """
    password = normalised(password)
    if not minimum <= len(password) <= LONGEST:
        raise InvalidInput("password.length", minimum=minimum, maximum=LONGEST)
    plain = password.casefold()
    for own in (login, login.partition("@")[0], name):
        own = normalised(own).casefold().strip()
        if own and (own == plain or (len(own) >= _SHORT_NAME and own in plain)):
            raise InvalidInput("password.is_name")
    if PRODUCT in plain:
        raise InvalidInput("password.is_product", name=PRODUCT.capitalize())
    if len(set(plain)) <= 2 or plain in _common():
        raise InvalidInput("password.common")


@lru_cache(maxsize=1)
def _common() -> frozenset[str]:
    return frozenset(_COMMON.read_text(encoding="utf-8").split("\n"))


def hash_of_password(password: str) -> str:
    """The argon2 hash to keep."""
    with _hashing:
        return _hasher.hash(normalised(password))


def matches(password: str, password_hash: str | None) -> bool:
    """True for the right password; takes as long when there is no account (None), or none that a password opens."""
    kept = None if password_hash in ("", NONE) else password_hash
    try:
        with _hashing:
            right = _hasher.verify(kept or _NOBODYS, normalised(password[: LONGEST + 1]))
    except (VerifyMismatchError, InvalidHashError):
        return False
    return right and kept is not None


def hash_of_code(code: str) -> str:
    """The argon2 hash of a recovery code to keep."""
    with _hashing:
        return _code_hasher.hash(hash_of(code))


def code_matches(code: str, code_hash: str) -> bool:
    """True when the hash is that of this code."""
    try:
        with _hashing:
            return _code_hasher.verify(code_hash, hash_of(code))
    except (VerifyMismatchError, InvalidHashError):
        return False
