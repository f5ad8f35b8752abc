"""Friendly errors: the program's own errors become a sentence in the reader's language, bugs become an id."""

import logging
import secrets
from collections.abc import Iterator, Mapping
from contextlib import contextmanager

import streamlit as st

from data.errors import NotAllowed, SoundingsError, Unavailable
from survey.translator import Words
from survey.ui import language
from survey.words import MESSAGES

_log = logging.getLogger("soundings")


@contextmanager
def explained(words: Words, messages: Mapping[str, str] = MESSAGES) -> Iterator[None]:
    """Shows the program's own errors where they happen and goes on; nothing else is caught."""
    try:
        yield
    except SoundingsError as error:
        show(error, words, messages)


def show(error: SoundingsError, words: Words, messages: Mapping[str, str] = MESSAGES) -> None:
    """One error, in the reader's language."""
    text = words.error(error, messages)
    if isinstance(error, Unavailable | NotAllowed):
        st.warning(text)
    else:
        st.error(text)


def show_fault(error: BaseException, messages: Mapping[str, str] = MESSAGES) -> bool:
    """Shows what ended a run of the script; True when nothing more is to be shown of it.

    One of the program's own errors stands there in its own words, with a button to try again. Anything else is a bug:
    it goes to the log under a number, and only that number is shown.
    """
    words = language.words()
    if isinstance(error, SoundingsError):
        show(error, words, messages)
        st.button(words.translate("Try again"), key="try-again", type="primary")
        return True
    number = secrets.token_hex(4)
    _log.error("unexpected error %s", number, exc_info=error)
    st.error(words.translate("Something went wrong. Please tell the secretariat this number: {number}", number=number))
    return False


def log_bug(error: BaseException) -> None:
    """Writes what went wrong beside a visit, where nobody can be told, to the log."""
    _log.error("a task beside a visit ended", exc_info=error)
