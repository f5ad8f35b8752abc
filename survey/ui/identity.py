"""Who is it: the staff member behind the session cookie, checked on every rerun.

Streamlit's own session id can take over a live session, so the token of the cookie is bound to the session at its
start and compared each time; when it differs, the session is emptied and stopped.
"""

from datetime import UTC, datetime

import streamlit as st

from survey import people, visits
from survey.access import ANONYMOUS, Action, Actor, decide, somewhere
from survey.codes import hash_of
from survey.ui import resources, session


def actor(*, clicked: bool = True) -> Actor:
    """Whoever is signed in, ANONYMOUS when nobody is.

    clicked  False where a page looks again by itself, which keeps no session open
    """
    token = token_of_session()
    bound = session.recall("cookie")
    presented = hash_of(token) if token else ""
    if bound is None:
        session.remember("cookie", presented)
    elif bound != presented:
        session.clear()
        st.stop()
    return people.actor_of(resources.store(), token, now=datetime.now(UTC), noted=clicked) or ANONYMOUS


def token_of_session() -> str:
    """The session token that the browser came with, "" for none."""
    return st.context.cookies.get(resources.settings().session_cookie, "")


def is_staff(token: str) -> bool:
    """Whether somebody is signed in with this cookie."""
    return bool(token) and people.actor_of(resources.store(), token, now=datetime.now(UTC)) is not None


def form_field() -> str:
    """The hidden field that a form for one of our routes needs: it shows that this browser drew it."""
    return visits.form_field(*visits.known_by(st.context.cookies, resources.settings()))


def may(who: Actor, action: Action, consultation: str = "") -> bool:
    """Whether a menu entry or a button is worth showing; the use case decides again.

    consultation  its slug; "" for an entry that leads to any consultation
    """
    return decide(who, action, consultation).allowed if consultation else somewhere(who, action)
