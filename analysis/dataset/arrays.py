"""Responses as immutable code arrays: one column per variable, one row per submitted response.

Every row of a column has a state: one of four causes of a missing answer, or ANSWERED. Code-books of a newer version
keep the answers of older ones: a code that no choice has any more stays a code, with itself as label.
`analysis.dataset.building` makes them. A choice takes one byte for each response, a multiple choice one for its state
and one for each eight options.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import TypeAlias

import numpy as np
from numpy.typing import NDArray

from analysis.dataset.codebook import Cause, Codebook, Variable
from analysis.dataset.remembering import Generation
from analysis.dataset.texts import Texts
from data.errors import InvalidInput

BoolArray: TypeAlias = NDArray[np.bool_]
StateArray: TypeAlias = NDArray[np.uint8]
CodeArray: TypeAlias = NDArray[np.uint8] | NDArray[np.uint16]
BitArray: TypeAlias = NDArray[np.uint8]
RankArray: TypeAlias = NDArray[np.uint8]
FloatArray: TypeAlias = NDArray[np.float64]

CAUSES = tuple(Cause)
"""State s < ANSWERED means CAUSES[s]; a higher state says more about the respondent."""
NOT_ASKED, SKIPPED, NOT_APPLICABLE, DONT_KNOW, REFUSED = range(5)
ANSWERED = 5
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
    """Any number of codes per response, as a bit set.

    bits     (n, bytes) code i is bit i % 8 of byte i // 8
    options  number of codes
    """

    bits: BitArray
    options: int
    state: StateArray

    @property
    def chosen(self) -> BoolArray:
        """(n, codes) who chose which."""
        flags: BoolArray = np.unpackbits(self.bits, axis=1, count=self.options, bitorder="little").view(np.bool_)
        return flags

    def chose(self, option: int) -> BoolArray:
        """(n,) who chose the code with this position."""
        flags: BoolArray = np.not_equal(self.bits[:, option // 8] & np.uint8(1 << option % 8), 0)
        return flags


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

    texts: Texts
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
class Names:
    """One of few words per response: `codes` (n,) are positions in `words`."""

    codes: NDArray[np.uint32]
    words: tuple[str, ...]

    def at(self, row: int) -> str:
        """The word of a row."""
        return self.words[int(self.codes[row])]

    def counts(self) -> dict[str, int]:
        """Word -> how many responses have it."""
        counts = np.bincount(self.codes, minlength=len(self.words)).tolist()
        return {word: count for word, count in zip(self.words, counts, strict=True) if count}


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Respondents(Sequence[Respondent]):
    """Who stands behind the rows, in columns; a Respondent is made when somebody asks for it.

    ids        (n,) keys of the responses
    publishes  of PERMISSIONS
    """

    ids: NDArray[np.int64]
    languages: Names
    regions: Names
    publishes: Names
    organisations: Texts

    def __len__(self) -> int:
        return int(self.ids.size)

    def __getitem__(self, row: int) -> Respondent:  # type: ignore[override]
        if not -self.ids.size <= row < self.ids.size:
            raise IndexError(row)
        row %= self.ids.size
        return Respondent(
            response_id=int(self.ids[row]),
            language=self.languages.at(row),
            region=self.regions.at(row),
            publish=self.publishes.at(row),
            organisation=self.organisations.at(row) or "",
        )

    def __iter__(self) -> Iterator[Respondent]:
        return map(self.__getitem__, range(len(self)))


@dataclass(frozen=True, slots=True, kw_only=True)
class Passing:
    """A filter: responses pass that have one of these codes (single choice) or chose one of these options (multiple).

    codes    of a single choice, as in the array; of a multiple choice states only: causes of missing answers
    options  positions of codes
    """

    variable: str
    codes: tuple[int, ...] = ()
    options: tuple[int, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True, eq=False, weakref_slot=True)
class Dataset:
    """Submitted responses as arrays; immutable, so that one object may serve every reader.

    variables    name -> variable of the code-book
    respondents  one per row, in the order the responses came
    columns      variable name -> column
    engine       who counts (`analysis.dataset.counting.Engine`); None: the arrays themselves
    generation   between which erasures it was read; what is kept of it goes with the next one
    """

    codebook: Codebook
    variables: Mapping[str, Variable]
    respondents: Respondents
    columns: Mapping[str, DataColumn]
    engine: object = None
    generation: Generation = field(default_factory=Generation)

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

    def chose(self, name: str, position: int) -> BoolArray:
        """Who chose the code with this position: (n,); a flag of `chosen` without the others."""
        column = self.columns[name]
        if isinstance(column, MultipleColumn):
            return column.chose(position)
        if isinstance(column, SingleColumn):
            return np.equal(column.codes, column.codes.dtype.type(FIRST_CODE + position))
        raise InvalidInput("variable.not_categorical", variable=name)

    def select(self, filters: Mapping[str, Sequence[str]]) -> BoolArray:
        """Mask (n,) of the responses that pass all filters.

        filters  variable -> codes; a response passes when it chose any of the codes of every variable. The choices that
                 stand for a missing answer ("dk") may be named too. An empty list of codes lets nobody through.
        Raises   InvalidInput "filter.unknown_variable" (also when it is neither single nor multiple choice),
                 "filter.unknown_code".
        """
        mask = np.ones(self.size, dtype=np.bool_)
        for each in self.passing(filters):
            column = self.columns[each.variable]
            passed = np.zeros(self.size, dtype=np.bool_)
            for option in each.options:
                passed |= self.chose(each.variable, option)
            for code in each.codes:
                passed |= np.equal(column.codes, code) if isinstance(column, SingleColumn) else column.state == code
            mask &= passed
        return mask

    def passing(self, filters: Mapping[str, Sequence[str]]) -> "tuple[Passing, ...]":
        """The filters by the codes of their columns.

        Raises  as `select`.
        """
        found = []
        for name, codes in filters.items():
            variable = self.variables.get(name)
            if variable is None or not variable.is_categorical:
                raise InvalidInput("filter.unknown_variable", variable=name)
            position = {code.name: i for i, code in enumerate(variable.codes)}
            options: list[int] = []
            states: list[int] = []
            for code in codes:
                if code in position:
                    options.append(position[code])
                elif code in variable.missing:
                    states.append(CAUSES.index(variable.missing[code]))
                else:
                    raise InvalidInput("filter.unknown_code", variable=name, choice=code)
            if variable.is_single:
                found.append(Passing(variable=name, codes=(*states, *(FIRST_CODE + option for option in options))))
            else:
                found.append(Passing(variable=name, codes=tuple(states), options=tuple(options)))
        return tuple(found)
