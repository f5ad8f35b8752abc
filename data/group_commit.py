"""Group commit: the writers of a process take turns in one transaction and wait for the disk together.

Each body runs alone, on the thread that asked for it, in the order of asking, and sees what those before it wrote. The
first one of a batch has the transaction for itself; each further one gets a savepoint, so that an error takes back what
that one wrote and nothing else. When nobody waits, or the batch is large or old enough, it is committed, and only then
do its writers go on: none is told that something is kept before it is. When a commit fails, all of them hear of it.
"""

import sqlite3
import threading
import time
from collections import deque
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field

from sqlalchemy import Connection, Engine, RootTransaction
from sqlalchemy.exc import DatabaseError

from data.driver import Driver, driver_of
from data.engine import begun
from data.errors import Unavailable

MOST_WRITERS = 64
LONGEST_SECONDS = 0.02
"""How long a batch takes in further writers."""
PAUSE_EVERY_SECONDS = 0.05
PAUSE_SECONDS = 0.002


class Turn:
    """Of the threads that take it one works at a time, the first to come first. Who waits to write, or for the disk,
    leaves it to the next one meanwhile.

    The interpreter runs one thread at a time: several at work only take it from each other, also from whoever writes.
    """

    _of_thread = threading.local()

    def __init__(self) -> None:
        self._mutex = threading.Lock()
        self._begun: deque[threading.Lock] = deque()
        """Who has left it and goes on, before those who come new."""
        self._new: deque[threading.Lock] = deque()
        self._taken = False

    def __enter__(self) -> None:
        self._take(self._new)
        self._of_thread.turn = self

    def __exit__(self, *_error: object) -> None:
        self._of_thread.turn = None
        self._give()

    @classmethod
    @contextmanager
    def left(cls) -> Iterator[None]:
        """Another thread works meanwhile, where this one has a turn."""
        turn: Turn | None = getattr(cls._of_thread, "turn", None)
        if turn is None:
            yield
            return
        turn._give()
        try:
            yield
        finally:
            turn._take(turn._begun)

    def _take(self, waiting: deque[threading.Lock]) -> None:
        with self._mutex:
            if not self._taken:
                self._taken = True
                return
            gate = threading.Lock()
            gate.acquire()
            waiting.append(gate)
        gate.acquire()

    def _give(self) -> None:
        with self._mutex:
            if waiting := self._begun or self._new:
                waiting.popleft().release()
            else:
                self._taken = False


class _Writer:
    """Somebody who writes: sleeps until it is its turn, and again until what it wrote is kept."""

    __slots__ = ("_gate", "called", "failure", "takes_long")

    def __init__(self, takes_long: bool) -> None:
        self.takes_long = takes_long
        self._gate = threading.Lock()
        self._gate.acquire()
        self.called = False
        self.failure: BaseException | None = None

    def sleep(self, seconds: float = -1) -> bool:
        return self._gate.acquire(timeout=seconds)

    def wake(self) -> None:
        self.called = True
        self._gate.release()


@dataclass(slots=True)
class _Batch:
    driver: Driver
    connection: Connection
    transaction: RootTransaction
    begun: float
    members: list[_Writer] = field(default_factory=list)

    @property
    def is_full(self) -> bool:
        return len(self.members) >= MOST_WRITERS or time.monotonic() - self.begun >= LONGEST_SECONDS

    def add(self, writer: _Writer) -> None:
        self.members.append(writer)
        if len(self.members) > 1:
            self.driver.save_point(len(self.members))

    def require_whole(self) -> None:
        """All that the last writer wrote is done, and stands beside what the others wrote; else an error."""
        self.driver.finish()
        self.driver.require_whole()

    def undo(self, error: BaseException) -> BaseException | None:
        """What the last writer wrote is gone. Returns the reason when all that the others wrote is gone as well."""
        if len(self.members) == 1:
            return error
        try:
            self.driver.undo(len(self.members))
        except Exception as gone:
            return error if isinstance(error, DatabaseError | sqlite3.Error) else gone
        return None


class GroupCommit:
    """The writers of one process over one engine."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine
        self._mutex = threading.Lock()
        self._waiting: deque[_Writer] = deque()
        self._busy = False
        # Only whoever has the turn looks at these two.
        self._batch: _Batch | None = None
        self._paused = 0.0

    @contextmanager
    def transaction(self, *, longest_wait: float, takes_long: bool = False) -> Iterator[Driver]:
        """What to write with; afterwards what was written is on the disk, or an error is raised and it is not.

        longest_wait  seconds until it is one's turn; Unavailable("store.locked") after that
        takes_long    True begins a batch of its own, so that nobody who has written already waits for it
        """
        writer = _Writer(takes_long)
        self._await_turn(writer, longest_wait)
        error: BaseException | None = None
        try:
            batch = self._join(writer)
            yield batch.driver
            batch.require_whole()
        except BaseException as raised:
            error = raised
        with Turn.left():
            self._leave(writer, error)
            writer.sleep()
        if (failure := writer.failure or error) is not None:
            raise failure

    def _await_turn(self, writer: _Writer, longest_wait: float) -> None:
        with self._mutex:
            if not self._busy:
                self._busy = True
                return
            self._waiting.append(writer)
        with Turn.left():
            self._await_call(writer, longest_wait)

    def _await_call(self, writer: _Writer, longest_wait: float) -> None:
        try:
            if writer.sleep(longest_wait):
                return
        except BaseException:  # a signal: the main thread waits no more
            if not self._withdrawn(writer):
                while not writer.called:  # the gate may have been passed as the signal came
                    time.sleep(0.001)
                self._leave(writer, None)
            raise
        if self._withdrawn(writer):
            raise Unavailable("store.locked")
        writer.sleep()  # its turn has just come

    def _withdrawn(self, writer: _Writer) -> bool:
        """The writer waits for a turn no more; False when it has come."""
        with self._mutex:
            if writer not in self._waiting:
                return False
            self._waiting.remove(writer)
            return True

    def _join(self, writer: _Writer) -> _Batch:
        if self._batch is None:
            connection = self._engine.connect()
            try:
                transaction = connection.begin()
                begun(connection, writes=True)
                self._batch = _Batch(driver_of(connection), connection, transaction, time.monotonic())
            except BaseException:
                connection.close()
                raise
        self._batch.add(writer)
        return self._batch

    def _leave(self, writer: _Writer, error: BaseException | None) -> None:
        """The next writer has its turn, in the same batch or after that was ended."""
        batch, following = self._batch, self._next()
        try:
            if batch is None:  # it could not be begun
                writer.wake()
            elif error is not None and (lost := batch.undo(error)) is not None:
                self._end(batch, lost)
            elif following is None or following.takes_long or batch.is_full:
                self._end(batch, None)
                if following is not None:
                    self._let_others_write()
        finally:
            self._pass_on(following)

    def _let_others_write(self) -> None:
        # Who writes without pause would keep other processes from a SQLite file, which has no queue.
        if self._engine.dialect.name == "sqlite" and time.monotonic() - self._paused > PAUSE_EVERY_SECONDS:
            time.sleep(PAUSE_SECONDS)
            self._paused = time.monotonic()

    def _next(self) -> _Writer | None:
        with self._mutex:
            return self._waiting.popleft() if self._waiting else None

    def _pass_on(self, following: _Writer | None) -> None:
        with self._mutex:
            if following is None and self._waiting:
                following = self._waiting.popleft()
            self._busy = following is not None
        if following is not None:
            following.wake()

    def _end(self, batch: _Batch, lost: BaseException | None) -> None:
        """The batch is kept, or nothing of it; each of its writers is told."""
        self._batch = None
        if lost is None:
            try:
                batch.transaction.commit()
            except BaseException as failure:
                lost = failure
        if lost is not None:
            with suppress(Exception):
                batch.transaction.rollback()
        with suppress(Exception):
            batch.connection.close()
        for writer in batch.members:
            writer.failure = lost
            writer.wake()
