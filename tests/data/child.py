"""A child process for tests of disks and kills; everything is imported already, so it needs no right to read code."""

import json
import os
import resource
import signal
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from data.errors import SoundingsError

NOBODY = 65534


def run(task: Callable[[], object], *, most_bytes_a_file: int = 0) -> Any:
    """What the task returns, as JSON, from a process without privileges; the code of an error of the program."""
    reader, writer = os.pipe()
    child = os.fork()
    if child == 0:
        try:
            os.close(reader)
            _drop_privileges()
            if most_bytes_a_file:
                resource.setrlimit(resource.RLIMIT_FSIZE, (most_bytes_a_file, most_bytes_a_file))
            os.write(writer, json.dumps(outcome(task)).encode())
        finally:
            os._exit(0)
    os.close(writer)
    with os.fdopen(reader) as answer:
        said = answer.read()
    os.waitpid(child, 0)
    return json.loads(said)


def _drop_privileges() -> None:
    if os.geteuid() == 0:
        os.setgroups([])
        os.setgid(NOBODY)
        os.setuid(NOBODY)


def outcome(task: Callable[[], object]) -> object:
    """What the task returns, or the error it raised in one line."""
    try:
        return task()
    except SoundingsError as error:
        return f"{type(error).__name__} {error.code}"
    except BaseException as error:
        return f"raw {type(error).__name__}: {error}"


def kill_after(lines: int, task: Callable[[Callable[[str], None]], None]) -> list[str]:
    """Runs the task in a process that is killed (SIGKILL) once it has said so many lines; returns every line said."""
    reader, writer = os.pipe()
    child = os.fork()
    if child == 0:
        try:
            os.close(reader)
            task(lambda line: os.write(writer, f"{line}\n".encode()))
        finally:
            os._exit(0)
    os.close(writer)
    said = []
    with os.fdopen(reader) as answer:
        for line in answer:
            said.append(line.strip())
            if len(said) == lines:
                os.kill(child, signal.SIGKILL)
    _, status = os.waitpid(child, 0)
    if os.waitstatus_to_exitcode(status) != -signal.SIGKILL:
        raise RuntimeError("the child ended before it was killed")
    return said


@contextmanager
def owned_by_nobody(folder: Path) -> Iterator[Path]:
    """The folder and what lies in it belong to the process that `run` starts."""
    if os.geteuid() == 0:
        for path in (folder, *folder.iterdir()):
            os.chown(path, NOBODY, NOBODY)
    yield folder


def as_json(value: object) -> Any:
    """The value after a journey through JSON, as `run` brings it back."""
    return json.loads(json.dumps(value))
