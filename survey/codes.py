"""Secrets that people hold: personal codes, references and one-time tokens. Only hashes are kept."""

import hashlib
import secrets

_ALPHABET = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
"""Crockford's base 32: no I, L, O, U, so that a code read aloud or copied by hand survives."""
_MISREAD = str.maketrans({"O": "0", "I": "1", "L": "1", "U": "V"})


def new_code() -> str:
    """A personal code of 60 random bits, e.g. "K7QF-9M2X-4TZP"."""
    return "-".join(_random(4) for _ in range(3))


def new_reference() -> str:
    """A public reference of 40 random bits, e.g. "R-7K3M-2QXD"; it opens nothing."""
    return f"R-{_random(4)}-{_random(4)}"


def new_token() -> str:
    """A token of 256 random bits for cookies and one-time links."""
    return secrets.token_urlsafe(32)


def new_link_code() -> str:
    """The secret of a personal link, 80 random bits, e.g. "K7QF-9M2X-4TZP-7H3D"; longer than a personal code."""
    return "-".join(_random(4) for _ in range(4))


def normalised(code: str) -> str:
    """The code as it was made, whatever case, spaces or look-alike letters a person typed."""
    return "".join(letter for letter in code.upper().translate(_MISREAD) if letter in _ALPHABET)


def hash_of(secret: str) -> str:
    """SHA-256 in hex. The secrets are random, so a fast hash is enough."""
    return hashlib.sha256(secret.encode()).hexdigest()


def _random(length: int) -> str:
    return "".join(secrets.choice(_ALPHABET) for _ in range(length))
