"""The end of a command line program when whoever read its output has gone, as `head` does after some lines."""

import os
import sys
from collections.abc import Callable

_PIPE_BROKEN = 141
"""What a shell says of a program that a broken pipe ended: 128 and the number of the signal."""


def to_the_end(main: Callable[[], int]) -> int:
    """The exit code of the program; 141, and no complaint, when nobody reads its output any more."""
    try:
        code = main()
        sys.stdout.flush()
        return code
    except BrokenPipeError:
        # Python flushes once more at its end, which would fail again.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return _PIPE_BROKEN
