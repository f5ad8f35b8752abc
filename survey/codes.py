"""Secrets that people hold: personal codes, references and one-time tokens. Only hashes are kept."""

import hashlib
import secrets

_ALPHABET = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
"""Crockford's base 32: no I, L, O, U, so that a code read aloud or copied by hand survives."""
_MISREAD = str.maketrans({"O": "0", "I": "1", "L": "1", "U": "V"})


MOST_TYPED = 200
"""Letters of what was typed as a code, in which every code has room with all spaces and hyphens."""
_DRAWN = (12, 16)
"""Random signs of a personal code and of a personal link; those made before the check sign have no more than these."""


def new_code() -> str:
    """A personal code of 60 random bits and a check sign, e.g. "K7QF-9M2X-4TZP0"."""
    return _with_check_sign(3)


def mistyped(code: str) -> bool:
    """True for a code with a check sign that does not fit: at least one sign is wrong, or two were exchanged.

    Codes of any other length have no check sign, and nothing can be said.
    """
    signs = normalised(code)
    return len(signs) - 1 in _DRAWN and _check_sign(signs[:-1]) != signs[-1]


def _with_check_sign(groups: int) -> str:
    drawn = [_random(4) for _ in range(groups)]
    return "-".join(drawn) + _check_sign("".join(drawn))


def _check_sign(signs: str) -> str:
    """The sign that makes the sum of all signs, each times its own power of two, zero in the field of 32 elements.

    Every single wrong sign and every exchange of two signs changes that sum (a Reed-Solomon code with one check sign;
    the field's polynomial is x⁵ + x² + 1, in which the powers of two are 31 different elements).
    """
    total = 0
    for sign in signs:
        total = _doubled(total) ^ _ALPHABET.index(sign)
    return _ALPHABET[_doubled(total)]


def _doubled(element: int) -> int:
    return (element << 1) ^ (0b100101 if element & 0b10000 else 0)


def new_reference() -> str:
    """A public reference of 40 random bits, e.g. "R-7K3M-2QXD"; it opens nothing."""
    return f"R-{_random(4)}-{_random(4)}"


def new_token() -> str:
    """A token of 256 random bits for cookies and one-time links."""
    return secrets.token_urlsafe(32)


def new_link_code() -> str:
    """The secret of a personal link, 80 random bits and a check sign; one group of signs longer than a personal code.

    It stands in letters, from which it is typed like a personal code, e.g. "K7QF-9M2X-4TZP-7H3D0".
    """
    return _with_check_sign(4)


def normalised(code: str) -> str:
    """The code as it was made, whatever case, spaces or look-alike letters a person typed.

    Of a long text its beginning: a form may have two million letters, and each would be looked at several times.
    """
    return "".join(letter for letter in code[:MOST_TYPED].upper().translate(_MISREAD) if letter in _ALPHABET)


def hash_of(secret: str) -> str:
    """SHA-256 in hex. The secrets are random, so a fast hash is enough."""
    return hashlib.sha256(secret.encode()).hexdigest()


def _random(length: int) -> str:
    return "".join(secrets.choice(_ALPHABET) for _ in range(length))
