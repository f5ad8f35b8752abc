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


def show_bug(error: BaseException) -> None:
    """Writes an unexpected error to the log under a number, and shows only that number."""
    number = secrets.token_hex(4)
    _log.error("unexpected error %s", number, exc_info=error)
    words = language.words()
    st.error(words.translate("Something went wrong. Please tell the secretariat this number: {number}", number=number))


def log_bug(error: BaseException) -> None:
    """Writes what went wrong beside a visit, where nobody can be told, to the log."""
    _log.error("a task beside a visit ended", exc_info=error)
