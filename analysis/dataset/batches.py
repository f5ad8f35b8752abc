"""Some replies, read question by question: what the rows of a column are written from."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from itertools import chain
from typing import Any, Protocol

import numpy as np

from analysis.dataset.arrays import StateArray
from analysis.dataset.codebook import LANGUAGE, LATE, Variable
from analysis.dataset.snapshot import Digested
from data.records import AnswerValue


class Reply(Digested, Protocol):
    """What is read of a submitted response."""

    @property
    def id(self) -> int: ...
    @property
    def revision(self) -> int: ...
    @property
    def updated_at(self) -> datetime: ...


class Batch:
    """Replies with their answers under the names of the code-book.

    states  variable -> (n,) the state of each reply that gives no answer

    The answers to single choices are looked at reply by reply, not question by question: the answers of one reply lie
    beside each other in memory, and all but the first of a few different words are a look into one small table.
    """

    def __init__(
        self,
        variables: Sequence[Variable],
        replies: Sequence[Reply],
        answers: Sequence[Mapping[str, AnswerValue]],
        states: Mapping[str, StateArray],
    ) -> None:
        self.ids = [reply.id for reply in replies]
        self.states = states
        self._replies, self._answers = replies, answers
        single = [each for each in variables if each.is_single]
        names = [each.name for each in single if not _of_reply(each)]
        numbers = _Numbers()
        given = chain.from_iterable([map(each.get, names) for each in answers])
        cells = np.fromiter(map(numbers.__getitem__, given), dtype=np.intp, count=len(replies) * len(names))
        by_question = np.ascontiguousarray(cells.reshape(len(replies), len(names)).T)
        self._which: dict[str, np.ndarray] = dict(zip(names, by_question, strict=True))
        for each in single:
            if _of_reply(each):
                told = self.answers(each)
                self._which[each.name] = np.array([numbers[answer] for answer in told], dtype=np.intp)
        self.different = numbers.answers
        """The different answers to all single choices; the first is None."""

    def which(self, variable: Variable) -> np.ndarray:
        """(n,) the answers to a single choice as positions in `different`."""
        return self._which[variable.name]

    def answers(self, variable: Variable) -> list[Any]:
        """The answers to one variable, None where there is none."""
        name = variable.name
        if _of_reply(variable):
            if name == LANGUAGE:
                return [reply.language or None for reply in self._replies]
            return ["late" if reply.late else "on_time" for reply in self._replies]
        # An empty text and an empty list are no answers; 0 is one.
        return [found if (found := each.get(name)) or found == 0 else None for each in self._answers]


def _of_reply(variable: Variable) -> bool:
    """True for what no question asks."""
    return not variable.section and variable.name in (LANGUAGE, LATE)


class _Numbers(dict[Any, int]):
    """Answer -> its position among the different ones; a number counts as the word that it is written with."""

    def __init__(self) -> None:
        # No number stands here: 1, 1.0 and True would be one key, and are three words.
        super().__init__({None: 0, "": 0, (): 0})
        self.answers: list[str | None] = [None]

    def __missing__(self, answer: Any) -> int:
        if not isinstance(answer, str):
            return self[str(answer)]
        self[answer] = len(self.answers)
        self.answers.append(answer)
        return self[answer]
