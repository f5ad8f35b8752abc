"""Responses as immutable code arrays: one column per variable, one row per submitted response.

Every row of a column has a state: one of four causes of a missing answer, or ANSWERED. Code-books of a newer version
keep the answers of older ones: a code that no choice has any more stays a code, with itself as label.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from types import MappingProxyType
from typing import Any, TypeAlias

import numpy as np
from numpy.typing import NDArray

from analysis.dataset.codebook import LANGUAGE, LATE, Cause, Code, Codebook, Variable
from data.errors import InvalidInput
from data.records import AnswerValue, ResponseRecord, ResponseStatus
from survey.questionnaire import NUMBER_KINDS, Kind, Text

BoolArray: TypeAlias = NDArray[np.bool_]
StateArray: TypeAlias = NDArray[np.uint8]
CodeArray: TypeAlias = NDArray[np.uint8] | NDArray[np.uint16]
RankArray: TypeAlias = NDArray[np.uint8]
FloatArray: TypeAlias = NDArray[np.float64]

CAUSES = tuple(Cause)
"""State s < ANSWERED means CAUSES[s]; a higher state says more about the respondent."""
NOT_ASKED, SKIPPED, DONT_KNOW, REFUSED = range(4)
ANSWERED = 4
FIRST_CODE = ANSWERED
"""In the array of a single choice, code FIRST_CODE + i is the variable's i-th valid code; lower ones are states."""

NAMED, ANONYMOUS, NOT_PUBLISHED = PERMISSIONS = ("named", "anon", "no")
"""With the organisation's name, without it, and not at all; a reply that says nothing gives no permission."""

NO_FILTERS: Mapping[str, Sequence[str]] = MappingProxyType({})


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class SingleColumn:
    """One code per response; `codes` (n,) holds FIRST_CODE + position, or a state below it."""

    codes: CodeArray

    @property
    def state(self) -> StateArray:
        """(n,) state of each response."""
        return np.minimum(self.codes, ANSWERED).astype(np.uint8)


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class MultipleColumn:
    """Any number of codes per response; `chosen` (n, codes)."""

    chosen: BoolArray
    state: StateArray


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class RankColumn:
    """An order per response; `ranks` (n, codes), 1 = first, 0 = not ranked."""

    ranks: RankArray
    state: StateArray


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class NumberColumn:
    """A number per response; `values` (n,) is NaN exactly where the state is not ANSWERED."""

    values: FloatArray
    state: StateArray


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class TextColumn:
    """Words (or an ISO date, a file id, a place) per response; `texts` holds (row, words) of the answered ones."""

    texts: tuple[tuple[int, str], ...]
    state: StateArray


DataColumn: TypeAlias = SingleColumn | MultipleColumn | RankColumn | NumberColumn | TextColumn


@dataclass(frozen=True, slots=True, kw_only=True)
class Respondent:
    """Who stands behind a row. `publish` is the permission to publish: one of PERMISSIONS."""

    response_id: int
    language: str
    region: str
    publish: str
    organisation: str


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Dataset:
    """Submitted responses as arrays; immutable, so that one object may serve every reader.

    variables    name -> variable of the code-book
    respondents  one per row, in the order the responses came
    columns      variable name -> column
    """

    codebook: Codebook
    variables: Mapping[str, Variable]
    respondents: tuple[Respondent, ...]
    columns: Mapping[str, DataColumn]

    @property
    def size(self) -> int:
        """Number of responses."""
        return len(self.respondents)

    def chosen(self, name: str) -> BoolArray:
        """Who chose what: (n, codes) for a single or multiple choice; missing answers choose nothing.

        Raises  KeyError for an unknown variable; InvalidInput "variable.not_categorical" for another kind.
        """
        column = self.columns[name]
        if isinstance(column, MultipleColumn):
            return column.chosen
        if isinstance(column, SingleColumn):
            positions = np.arange(len(self.variables[name].codes)) + FIRST_CODE
            return np.equal(column.codes[:, None], positions)
        raise InvalidInput("variable.not_categorical", variable=name)

    def select(self, filters: Mapping[str, Sequence[str]]) -> BoolArray:
        """Mask (n,) of the responses that pass all filters.

        filters  variable -> codes; a response passes when it chose any of the codes of every variable. The choices that
                 stand for a missing answer ("dk") may be named too. An empty list of codes lets nobody through.
        Raises   InvalidInput "filter.unknown_variable" (also when it is neither single nor multiple choice),
                 "filter.unknown_code".
        """
        mask = np.ones(self.size, dtype=np.bool_)
        for name, codes in filters.items():
            variable = self.variables.get(name)
            if variable is None or not variable.is_categorical:
                raise InvalidInput("filter.unknown_variable", variable=name)
            chosen, position = self.chosen(name), {code.name: i for i, code in enumerate(variable.codes)}
            passed = np.zeros(self.size, dtype=np.bool_)
            for code in codes:
                if code in position:
                    passed |= chosen[:, position[code]]
                elif code in variable.missing:
                    passed |= self.columns[name].state == CAUSES.index(variable.missing[code])
                else:
                    raise InvalidInput("filter.unknown_code", variable=name, choice=code)
            mask &= passed
        return mask


def build_dataset(
    codebook: Codebook,
    responses: Sequence[ResponseRecord],
    *,
    asked: Callable[[ResponseRecord], frozenset[str]],
    roles: Mapping[int, Mapping[str, str]] = MappingProxyType({}),
) -> Dataset:
    """Arrays of the submitted responses; drafts among them are left out.

    asked   names of the questions that a response was asked (analysis.dataset.asked makes it from the relevance of the
            questionnaire). It decides between not_asked and skipped; an answer that is there always counts.
    roles   version number -> part -> variable, for versions in which other questions play the parts.
    Raises  InvalidInput "dataset.not_a_number" when the answer to a number question cannot be read as one.
    """
    submitted = [response for response in responses if response.status is ResponseStatus.SUBMITTED]
    asked_names = [asked(response) for response in submitted]
    variables: list[Variable] = []
    columns: dict[str, DataColumn] = {}
    for variable in codebook.variables:
        answers = [_answer(variable, response) for response in submitted]
        state = np.array([SKIPPED if variable.name in names else NOT_ASKED for names in asked_names], dtype=np.uint8)
        extended = _with_unknown_codes(variable, answers)
        variables.append(extended)
        columns[variable.name] = _column(extended, answers, state, submitted)
    for column in columns.values():
        for name in column.__slots__:
            value: Any = getattr(column, name)
            if isinstance(value, np.ndarray):
                value.setflags(write=False)
    return Dataset(
        codebook=replace(codebook, variables=tuple(variables)),
        variables=MappingProxyType({variable.name: variable for variable in variables}),
        respondents=tuple(
            _respondent(roles.get(response.version_number, codebook.roles), response) for response in submitted
        ),
        columns=MappingProxyType(columns),
    )


def _answer(variable: Variable, response: ResponseRecord) -> AnswerValue | None:
    if not variable.section and variable.name == LANGUAGE:
        return response.language or None
    if not variable.section and variable.name == LATE:
        return "late" if response.late else "on_time"
    value = response.submission.get(variable.name)
    return None if value in ("", (), []) else value


def _codes_in(variable: Variable, answer: AnswerValue | None) -> Sequence[str]:
    if answer is None:
        return ()
    if variable.is_single:
        return (str(answer),)
    if isinstance(answer, str | int | float):
        return str(answer).split()
    return answer


def _with_unknown_codes(variable: Variable, answers: Iterable[AnswerValue | None]) -> Variable:
    if not variable.is_categorical and variable.kind is not Kind.RANK:
        return variable
    known = {code.name for code in variable.codes} | set(variable.missing)
    found = {code for answer in answers for code in _codes_in(variable, answer)} - known
    if not found:
        return variable
    extra = tuple(Code(name=name, label=Text({"": name})) for name in sorted(found))
    return replace(variable, codes=variable.codes + extra)


def _column(
    variable: Variable,
    answers: Sequence[AnswerValue | None],
    state: StateArray,
    responses: Sequence[ResponseRecord],
) -> DataColumn:
    answered = [row for row, answer in enumerate(answers) if answer is not None]
    position = {code.name: i for i, code in enumerate(variable.codes)}
    if variable.is_single:
        small = FIRST_CODE + len(position) <= 256
        codes: CodeArray = state.astype(np.uint8) if small else state.astype(np.uint16)
        reserved = {name: CAUSES.index(cause) for name, cause in variable.missing.items()}
        for row in answered:
            name = str(answers[row])
            codes[row] = reserved[name] if name in reserved else FIRST_CODE + position[name]
        return SingleColumn(codes=codes)
    state[answered] = ANSWERED
    if variable.kind is Kind.SELECT_MULTIPLE:
        chosen = np.zeros((len(answers), len(position)), dtype=np.bool_)
        for row in answered:
            for name in _codes_in(variable, answers[row]):
                chosen[row, position[name]] = True
        return MultipleColumn(chosen=chosen, state=state)
    if variable.kind is Kind.RANK:
        ranks = np.zeros((len(answers), len(position)), dtype=np.uint8)
        for row in answered:
            for place, name in enumerate(dict.fromkeys(_codes_in(variable, answers[row])), start=1):
                ranks[row, position[name]] = place
        return RankColumn(ranks=ranks, state=state)
    if variable.kind in NUMBER_KINDS:
        values = np.full(len(answers), np.nan)
        for row in answered:
            values[row] = _number(variable.name, answers[row], responses[row].id)
        return NumberColumn(values=values, state=state)
    return TextColumn(texts=tuple((row, str(answers[row])) for row in answered), state=state)


def _number(question: str, answer: AnswerValue | None, response_id: int) -> float:
    try:
        value = float(answer)  # type: ignore[arg-type]
    except (TypeError, ValueError):
        value = float("nan")
    if not np.isfinite(value):
        raise InvalidInput("dataset.not_a_number", question=question, response=response_id)
    return value


def _respondent(roles: Mapping[str, str], response: ResponseRecord) -> Respondent:
    def role(name: str, otherwise: str) -> str:
        return str(response.submission.get(roles.get(name, ""), "") or otherwise)

    # The record is the permission in force; the submission only what was said on the day.
    publish = response.publish or role("publish", "")
    return Respondent(
        response_id=response.id,
        language=response.language,
        region=role("region", response.region),
        publish=publish if publish in PERMISSIONS else NOT_PUBLISHED,
        organisation=role("organisation", ""),
    )
