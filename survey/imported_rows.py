"""Rows of an import, judged by the questionnaire alone: in this process, or in several beside it."""

from collections import deque
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from concurrent.futures import Future, ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from contextlib import ExitStack
from dataclasses import dataclass, field
from datetime import datetime
from multiprocessing import get_context
from typing import Any

from survey.logic.compiled_form import CompiledForm, compile_form
from survey.logic.form_state import FormState, open_form
from survey.logic.instances import name_of
from survey.logic.typed_numbers import PROGRAMS
from survey.open_responses import DECLINED
from survey.policies import Policies
from survey.questionnaire import UPLOAD_KINDS, Answer, Questionnaire


@dataclass(frozen=True, slots=True, kw_only=True)
class ImportIssue:
    """Why a row cannot be imported."""

    row: int
    column: str
    code: str
    params: Mapping[str, object] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class ImportRow:
    """One response to import. `number` is the row a person finds it in; values are as a form or a file gives them.

    faults  what is wrong with the row already
    """

    number: int
    values: Mapping[str, object]
    language: str = ""
    reference: str = ""
    started_at: datetime | None = None
    submitted_at: datetime | None = None
    faults: tuple[ImportIssue, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class JudgedRow:
    """What a row would send, None when that cannot be said, and the faults of its answers."""

    language: str
    started_at: datetime
    submitted_at: datetime
    submission: Mapping[str, Answer] | None
    faults: tuple[ImportIssue, ...]


class Judge:
    """What makes of a row what would be sent; it can be handed to another process.

    consent  the question of consent, "" when there is none
    now      when a row was sent that does not say so
    """

    def __init__(self, form: CompiledForm, *, consent: str, rules: Policies, now: datetime) -> None:
        self._form, self._consent, self._rules, self._now = form, consent, rules, now
        self._tags = {language.tag for language in form.questionnaire.languages}

    def __reduce__(self) -> tuple[Any, ...]:
        return _judge, (self._form.questionnaire, self._consent, self._rules, self._now)

    def __call__(self, row: ImportRow) -> JudgedRow:
        """The row as it would be sent."""
        submitted_at = row.submitted_at or self._now
        started_at = row.started_at or submitted_at
        language = row.language or self._form.questionnaire.default_language
        faults = list(row.faults)
        if not faults and language not in self._tags:
            faults.append(
                ImportIssue(row=row.number, column="language", code="import.language", params={"tag": language})
            )
        submission: Mapping[str, Answer] | None = None
        if not faults:
            state = open_form(
                self._form, {}, language=language, today=submitted_at.date(), now=self._rules.noted(started_at)
            )
            faults = self._filled(state, row)
            submission = state.submission()
        return JudgedRow(
            language=language,
            started_at=started_at,
            submitted_at=submitted_at,
            submission=submission,
            faults=tuple(faults),
        )

    def _filled(self, state: FormState, row: ImportRow) -> list[ImportIssue]:
        given: dict[str, object] = {}
        faults = []
        questions = state.form.questions
        for name, value in row.values.items():
            if value is None or value == "" or value == ():
                continue
            asked = questions.get(name) or questions.get(name_of(name))
            if asked is not None and asked.question.kind in UPLOAD_KINDS:
                faults.append(ImportIssue(row=row.number, column=name, code="import.file"))
            else:
                given[name] = value
        for name, error in state.fill(given, written_in=PROGRAMS):
            faults.append(ImportIssue(row=row.number, column=name, code=error.code, params=error.params))
        if self._consent and state.answers.get(self._consent) in DECLINED:
            faults.append(ImportIssue(row=row.number, column=self._consent, code="response.no_consent"))
        for name, issue in state.all_issues():
            faults.append(ImportIssue(row=row.number, column=name, code=issue.code, params=issue.params))
        return faults


def _judge(questionnaire: Questionnaire, consent: str, rules: Policies, now: datetime) -> Judge:
    return Judge(compile_form(questionnaire), consent=consent, rules=rules, now=now)


Judged = list[tuple[ImportRow, JudgedRow]]


def judged_batches(
    judge: Judge,
    batches: Iterable[list[ImportRow]],
    new: Callable[[list[ImportRow]], list[ImportRow]],
    *,
    processes: int = 1,
) -> Iterator[tuple[int, Judged]]:
    """(how many rows a batch had, those of it that are new with what became of them), in order.

    new        leaves those of a batch that are to be judged
    processes  so many judge side by side from the second batch on; then two batches more are read ahead
    """
    ahead = 2 if processes > 1 else 0
    waiting: deque[tuple[int, Callable[[], Judged]]] = deque()
    with ExitStack() as stack:
        pool: ProcessPoolExecutor | None = None
        for number, batch in enumerate(batches):
            if number == 1 and processes > 1:
                # Not a copy of this process: threads of it may hold what a copy would wait for.
                pool = ProcessPoolExecutor(processes, get_context("spawn"), _begin, (judge,))
                stack.callback(pool.shutdown, cancel_futures=True)
            waiting.append((len(batch), _begun(judge, new(batch), pool, processes)))
            if len(waiting) > ahead:
                read, result = waiting.popleft()
                yield read, result()
        for read, result in waiting:
            yield read, result()


def _begun(
    judge: Judge, rows: list[ImportRow], pool: ProcessPoolExecutor | None, processes: int
) -> Callable[[], Judged]:
    """Has the rows judged; what it returns waits for that."""

    def here() -> Judged:
        return [(row, judge(row)) for row in rows]

    if pool is None:
        return here
    share = -(-len(rows) // processes) or 1
    try:
        futures: list[Future[list[JudgedRow]]] = [
            pool.submit(_work, rows[first : first + share]) for first in range(0, len(rows), share)
        ]
    except BrokenProcessPool:
        return here

    def result() -> Judged:
        try:
            return list(zip(rows, (judged for each in futures for judged in each.result()), strict=True))
        except BrokenProcessPool:  # somebody ended one of them: what it would have done is done here
            return here()

    return result


_here: list[Judge] = []
"""In a process beside: the one that it judges by."""


def _begin(judge: Judge) -> None:
    _here[:] = [judge]


def _work(rows: Sequence[ImportRow]) -> list[JudgedRow]:
    return [_here[0](row) for row in rows]
