"""Who is it: the staff member behind the session cookie, checked on every rerun.

Streamlit's own session id can take over a live session, so the token of the cookie is bound to the session at its
start and compared each time; when it differs, the session is emptied and stopped.
"""

from datetime import UTC, datetime

import streamlit as st

from survey import people
from survey.access import ANONYMOUS, Action, Actor, decide, somewhere
from survey.codes import hash_of
from survey.ui import resources, session

COOKIE = "soundings_session"


def actor() -> Actor:
    """Whoever is signed in, ANONYMOUS when nobody is."""
    token = st.context.cookies.get(COOKIE, "")
    bound = session.recall("cookie")
    presented = hash_of(token) if token else ""
    if bound is None:
        session.remember("cookie", presented)
    elif bound != presented:
        session.clear()
        st.stop()
    return people.actor_of(resources.store(), token, now=datetime.now(UTC)) or ANONYMOUS


def may(who: Actor, action: Action, consultation: str = "") -> bool:
    """Whether a menu entry or a button is worth showing; the use case decides again.

    consultation  its slug; "" for an entry that leads to any consultation
    """
    return decide(who, action, consultation).allowed if consultation else somewhere(who, action)
