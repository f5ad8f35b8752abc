"""A command line program from outside: its end when whoever read its output has gone, and errors without answers."""

import os
import sys
from collections.abc import Callable

from data.private_logs import keep_logs_private

_PIPE_BROKEN = 141
"""What a shell says of a program that a broken pipe ended: 128 and the number of the signal."""


def to_the_end(main: Callable[[], int]) -> int:
    """The exit code of the program; 141, and no complaint, when nobody reads its output any more."""
    keep_logs_private()
    try:
        code = main()
        sys.stdout.flush()
        return code
    except BrokenPipeError:
        # Python flushes once more at its end, which would fail again.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return _PIPE_BROKEN
