"""A visit: the random cookie that a browser gets with the first page, and what is derived from it.

It names nobody and is kept nowhere. It proves that two requests come from the same browser: a session of Streamlit, its
files and our posted forms belong to the visit in which they were made.
"""

import re
import secrets
from collections.abc import Mapping
from hashlib import sha256
from hmac import compare_digest

from data.settings import Settings

COOKIE = "soundings_visit"
"""Name of the cookie, before its prefix (`Settings.cookie`); scripts cannot read it, and it ends with the browser."""
FIELD = "form"
"""Name of the hidden field with the token of a form."""
_VISIT = re.compile(r"[A-Za-z0-9_-]{43}")


def begin() -> str:
    """A new visit of 256 random bits."""
    return secrets.token_urlsafe(32)


def known(cookie: str) -> str:
    """The visit in a cookie; "" when there is none, or something else."""
    return cookie if _VISIT.fullmatch(cookie) else ""


def known_by(cookies: Mapping[str, str], settings: Settings) -> tuple[str, str]:
    """(visit, token of the sign-in) of the browser that sends these cookies; each "" when it has none."""
    return known(cookies.get(settings.cookie(COOKIE), "")), cookies.get(settings.session_cookie, "")


def holder(visit: str, signed_in: str) -> str:
    """What a session of Streamlit and its files belong to: this browser with this sign-in. "" for no visit."""
    return _derived("holder", visit, signed_in) if visit else ""


def form_token(visit: str, signed_in: str) -> str:
    """What a form of this visit carries. Whoever does not know the cookies, as another site does not, cannot make it;
    a sign-in or a sign-out makes the forms drawn before useless. "" for no visit."""
    return _derived("form", visit, signed_in) if visit else ""


def form_field(visit: str, signed_in: str) -> str:
    """The token as a hidden field."""
    return f'<input type="hidden" name="{FIELD}" value="{form_token(visit, signed_in)}">'


def is_own_form(token: str, visit: str, signed_in: str) -> bool:
    """True when the form was drawn for this visit and this sign-in."""
    return bool(visit) and compare_digest(token.encode(errors="replace"), form_token(visit, signed_in).encode())


def _derived(what: str, visit: str, signed_in: str) -> str:
    return sha256("\n".join((what, visit, signed_in)).encode(errors="replace")).hexdigest()
