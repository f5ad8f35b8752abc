"""Logs without what people wrote: of an unexpected error they tell its kind and where it happened, never its words.

The words of an error may quote anything that the program had in its hands at that moment, an answer among it. Every
handler of the process gets the same text, also those of the libraries.
"""

import logging
import sys
import threading
import traceback
from collections.abc import Iterator
from types import TracebackType
from typing import Any

from data.errors import SoundingsError

_MOST_CAUSES = 10


def keep_logs_private() -> None:
    """From now on nothing that this process logs, or ends with, quotes the words of an unexpected error."""
    make = logging.getLogRecordFactory()
    if getattr(make, "is_private", False):
        return

    def record(*arguments: Any, **named: Any) -> logging.LogRecord:
        made = make(*arguments, **named)
        if made.exc_info and made.exc_info[1] is not None:
            # A formatter takes this text instead of making its own.
            made.exc_text = told(made.exc_info[1])
        if isinstance(made.msg, BaseException):
            made.msg, made.args = kind_of(made.msg), None
        if isinstance(made.args, tuple):
            made.args = tuple(kind_of(each) if isinstance(each, BaseException) else each for each in made.args)
        return made

    record.is_private = True  # type: ignore[attr-defined]
    logging.setLogRecordFactory(record)
    sys.excepthook = _end_of_program
    threading.excepthook = _end_of_thread


def told(error: BaseException) -> str:
    """Where an error happened and what kind it is, its causes first."""
    parts = []
    for each in reversed(list(_with_causes(error))):
        frames = "".join(traceback.format_tb(each.__traceback__)).rstrip()
        parts.append("\n".join(part for part in (frames, kind_of(each)) if part))
    return "Traceback (most recent call last):\n" + "\nwhich led to:\n".join(parts)


def kind_of(error: BaseException) -> str:
    """The kind of an error: its class, and the codes that it carries of ours, the database's or the system's."""
    name = f"{type(error).__module__}.{type(error).__qualname__}".removeprefix("builtins.")
    inner = getattr(error, "orig", None) or error
    codes = [error.code] if isinstance(error, SoundingsError) else []
    codes += [str(getattr(inner, field, None) or "") for field in ("sqlite_errorname", "sqlstate", "errno")]
    return " ".join([name, *(f"[{code}]" for code in codes if code)])


def _with_causes(error: BaseException) -> Iterator[BaseException]:
    found: BaseException | None = error
    for _ in range(_MOST_CAUSES):
        if found is None:
            return
        yield found
        found = found.__cause__ or (None if found.__suppress_context__ else found.__context__)


def _end_of_program(kind: type[BaseException], error: BaseException, frames: TracebackType | None) -> None:
    if issubclass(kind, KeyboardInterrupt):
        sys.__excepthook__(kind, error, frames)
        return
    print(told(error), file=sys.stderr)


def _end_of_thread(ended: threading.ExceptHookArgs) -> None:
    if ended.exc_value is not None and not isinstance(ended.exc_value, SystemExit):
        print(told(ended.exc_value), file=sys.stderr)
