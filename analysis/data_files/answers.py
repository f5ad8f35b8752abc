"""Replies as a table of data: one row each, with everything coded and labelled. Unprotected: single answers are in it.

Never in it: contact data (they are in no code-book), uploaded files, and questions inside repeats, of which there is
how many instances a reply has.
"""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np

from analysis.data_files.table import (
    REASONS,
    About,
    DataTable,
    FileColumn,
    Measure,
    MultipleSet,
    NumberArray,
    NumberColumn,
    Reason,
    Value,
    WordColumn,
    file_names,
    first_reason,
)
from analysis.dataset import arrays
from analysis.dataset.arrays import CAUSES, FIRST_CODE, BoolArray, Dataset, FloatArray
from analysis.dataset.codebook import Variable
from data.errors import NotFound
from survey.questionnaire import PLACE_KINDS, UPLOAD_KINDS, Kind, Text
from survey.translator import Words

CASE = "case"
PERMISSION = "publication"
_LARGEST_OWN_CODE = 30_000
_REASON_OF_STATE = np.array([*(REASONS.index(Reason(cause)) for cause in CAUSES), -1], dtype=np.int8)
"""State of a reply -> place of the reason, -1 of an answer."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """What of the replies goes into the file.

    order       (m,) the chosen replies in the order of the file, as positions
    identified  True: each row carries the key of its reply; False: only its number in the file
    questions   names of questions or batteries, () for all
    names       with what identifies an organisation: its name and places
    texts       with answers in words
    weights     name of a column, its words, and a weight for each reply
    """

    order: np.ndarray
    identified: bool
    questions: tuple[str, ...]
    names: bool
    texts: bool
    weights: tuple[tuple[str, str, FloatArray], ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class _Raw:
    """A column before it has a name in the file: states apart from numbers, or words."""

    question: str
    label: Text
    numbers: NumberArray | None = None
    reasons: np.ndarray | None = None
    texts: tuple[str, ...] = ()
    measure: Measure = Measure.NOMINAL
    values: tuple[Value, ...] = ()
    whole: bool = True
    versions: tuple[int, ...] = ()
    several: str = ""
    is_weight: bool = False


def left_out(dataset: Dataset, asked: Asked) -> tuple[int, int]:
    """How many questions are not in the file because they identify, and because they are answered in words."""
    wanted = _wanted(dataset, asked.questions)
    identifying = sum(_identifies(each) for each in wanted)
    wordy = sum(each.kind is Kind.TEXT and not _identifies(each) for each in wanted)
    return (0 if asked.names else identifying), (0 if asked.texts else wordy)


def answers(dataset: Dataset, asked: Asked, about: About, words: Words) -> DataTable:
    """The table of the chosen replies and questions.

    A single choice keeps its own codes where all are whole numbers, else its choices are counted from 1; a multiple
    choice is a column of 0 and 1 for each option, a ranking a column of places for each item.

    Raises  NotFound "card.unknown_question" for a question that the data set has not got.
    """
    raw = [
        *_rows(dataset, asked, words),
        *(
            column
            for variable in _wanted(dataset, asked.questions)
            for column in _columns(dataset, variable, asked, words)
        ),
        _permission(dataset, asked, words),
        *(_weight(name, label, weights, asked, words) for name, label, weights in asked.weights),
    ]
    quantities = [each.numbers.astype(np.float64) for each in raw if each.numbers is not None]
    for each, numbers in zip([each for each in raw if each.numbers is not None], quantities, strict=True):
        if each.reasons is not None:
            numbers[each.reasons >= 0] = np.nan
    low = first_reason(quantities)
    names = file_names(each.question for each in raw)
    columns = tuple(_finished(each, name, low, words) for each, name in zip(raw, names, strict=True))
    sets = tuple(_sets(dataset, raw, names))
    return DataTable(
        columns=columns,
        sets=sets,
        about=about,
        language=words.language,
        default_language=dataset.codebook.default_language,
        first_reason=low,
        reason_labels=reason_labels(words),
    )


def reason_labels(words: Words) -> tuple[str, ...]:
    """The words of all reasons, in their order."""
    told = {
        Reason.NOT_ASKED: words.translate("not asked"),
        Reason.SKIPPED: words.translate("skipped"),
        Reason.DONT_KNOW: words.translate("don't know"),
        Reason.REFUSED: words.translate("no answer wished"),
        Reason.NOT_RANKED: words.translate("not ranked"),
        Reason.HIDDEN: words.translate("hidden, small group"),
        Reason.NOT_APPLICABLE: words.translate("does not apply"),
    }
    return tuple(told[reason] for reason in REASONS)


def _wanted(dataset: Dataset, questions: Sequence[str]) -> list[Variable]:
    """The variables of the named questions and batteries, all without names; never uploaded files."""
    book = dataset.codebook
    batteries = {battery.name: battery.items for battery in book.batteries}
    wanted: set[str] = set()
    for name in questions:
        if name not in batteries and name not in dataset.variables:
            raise NotFound("card.unknown_question", question=name)
        wanted |= set(batteries.get(name, (name,)))
    return [
        variable
        for variable in book.variables
        if variable.kind not in UPLOAD_KINDS and (not wanted or variable.name in wanted)
    ]


def _identifies(variable: Variable) -> bool:
    return variable.identifying or variable.kind in PLACE_KINDS


def _rows(dataset: Dataset, asked: Asked, words: Words) -> Iterator[_Raw]:
    if asked.identified:
        keys = np.array([dataset.respondents[row].response_id for row in asked.order], dtype=np.float64)
    else:
        keys = np.arange(1, asked.order.size + 1, dtype=np.float64)
    label = words.translate("Key of the reply") if asked.identified else words.translate("Number of the row")
    yield _Raw(question=CASE, label=_said(label, words), numbers=keys)


def _columns(dataset: Dataset, variable: Variable, asked: Asked, words: Words) -> Iterator[_Raw]:
    identifies = _identifies(variable)
    if identifies and not asked.names:
        return
    column, order = dataset.columns[variable.name], asked.order
    missing = column.state[order]
    reasons = _REASON_OF_STATE[missing]
    label = variable.label or _said(variable.name, words)
    if variable.battery:
        label = _joined(dataset.codebook.battery(variable.battery).label, variable.battery, label, variable.name)
    if isinstance(column, arrays.SingleColumn):
        values = _values(variable, words)
        coded = _coded(values)
        positions = np.where(reasons < 0, column.codes[order].astype(np.int32) - (FIRST_CODE - 1), 0)
        yield _Raw(
            question=variable.name,
            label=label,
            numbers=coded[positions],
            reasons=reasons,
            values=values,
            measure=Measure.ORDINAL if _own_codes(variable) else Measure.NOMINAL,
            versions=variable.versions,
        )
    elif isinstance(column, arrays.MultipleColumn):
        for place, code in enumerate(variable.codes):
            yield _Raw(
                question=f"{variable.name}/{code.name}",
                label=_joined(label, variable.name, code.label, code.name),
                numbers=column.chosen[order, place].astype(np.int16),
                reasons=reasons,
                versions=variable.versions,
                several=variable.name,
            )
    elif isinstance(column, arrays.RankColumn):
        for place, code in enumerate(variable.codes):
            ranks = column.ranks[order, place].astype(np.int16)
            unranked = np.int8(REASONS.index(Reason.NOT_RANKED))
            yield _Raw(
                question=f"{variable.name}/{code.name}",
                label=_joined(label, variable.name, code.label, code.name),
                numbers=ranks,
                reasons=np.where((reasons < 0) & (ranks == 0), unranked, reasons),
                measure=Measure.ORDINAL,
                versions=variable.versions,
            )
    elif isinstance(column, arrays.NumberColumn):
        numbers = np.where(reasons < 0, column.values[order], 0.0)
        yield _Raw(
            question=variable.name,
            label=label,
            numbers=numbers,
            reasons=reasons,
            measure=Measure.SCALE,
            whole=bool((numbers == np.floor(numbers)).all()),
            versions=variable.versions,
        )
    elif identifies or variable.kind is not Kind.TEXT or asked.texts:
        texts = dict(column.texts)
        yield _Raw(
            question=variable.name,
            label=label,
            texts=tuple(texts.get(int(row), "") for row in order),
            versions=variable.versions,
        )


def _permission(dataset: Dataset, asked: Asked, words: Words) -> _Raw:
    told = {
        arrays.NAMED: words.translate("may be published with the name"),
        arrays.ANONYMOUS: words.translate("may be published without the name"),
        arrays.NOT_PUBLISHED: words.translate("must not be published"),
    }
    values = tuple(
        Value(code=code, name=name, label=_said(told[name], words))
        for code, name in enumerate(arrays.PERMISSIONS, start=1)
    )
    code = {value.name: value.code for value in values}
    said = np.array([code[dataset.respondents[row].publish] for row in asked.order], dtype=np.int16)
    label = _said(words.translate("What the reply permits"), words)
    return _Raw(question=PERMISSION, label=label, numbers=said, values=values)


def _weight(name: str, label: str, weights: FloatArray, asked: Asked, words: Words) -> _Raw:
    return _Raw(
        question=name,
        label=_said(label, words),
        numbers=weights[asked.order],
        measure=Measure.SCALE,
        whole=False,
        is_weight=True,
    )


def _finished(raw: _Raw, name: str, low: int, words: Words) -> FileColumn:
    if raw.numbers is None:
        return WordColumn(name=name, question=raw.question, label=raw.label, texts=raw.texts, versions=raw.versions)
    numbers = raw.numbers
    occurring: tuple[Reason, ...] = ()
    if raw.reasons is not None:
        if numbers.dtype == np.int16 and low < -32_000:
            numbers = numbers.astype(np.int32)
        numbers = np.where(raw.reasons < 0, numbers, (raw.reasons + np.int64(low)).astype(numbers.dtype))
        occurring = tuple(REASONS[int(place)] for place in np.unique(raw.reasons) if place >= 0)
    values = raw.values
    if raw.several:
        no, yes = words.translate("not chosen"), words.translate("chosen")
        values = (
            Value(code=0, name="0", label=_said(no, words)),
            Value(code=1, name="1", label=_said(yes, words)),
        )
    return NumberColumn(
        name=name,
        question=raw.question,
        label=raw.label,
        numbers=numbers,
        measure=raw.measure,
        values=values,
        reasons=occurring,
        whole=raw.whole,
        versions=raw.versions,
        is_weight=raw.is_weight,
    )


def _sets(dataset: Dataset, raw: Sequence[_Raw], names: Sequence[str]) -> Iterator[MultipleSet]:
    for several in dict.fromkeys(each.several for each in raw if each.several):
        members = tuple(name for each, name in zip(raw, names, strict=True) if each.several == several)
        yield MultipleSet(
            name=file_names([several])[0],
            label=dataset.variables[several].label or Text({"": several}),
            columns=members,
        )


def _own_codes(variable: Variable) -> bool:
    """True when every code is a whole number as it is written, so that the file may keep it."""
    return bool(variable.codes) and all(
        re.fullmatch(r"0|-?[1-9][0-9]{0,4}", code.name) and abs(int(code.name)) <= _LARGEST_OWN_CODE
        for code in variable.codes
    )


def _values(variable: Variable, words: Words) -> tuple[Value, ...]:
    own = _own_codes(variable)
    return tuple(
        Value(
            code=int(code.name) if own else number,
            name=code.name,
            label=code.label or _said(code.name, words),
        )
        for number, code in enumerate(variable.codes, start=1)
    )


def _coded(values: Sequence[Value]) -> NumberArray:
    """The numbers of the codes by position, from 1; at 0 stands what has none."""
    codes = [0, *(value.code for value in values)]
    if max(codes) <= _LARGEST_OWN_CODE:
        return np.array(codes, dtype=np.int16)
    return np.array(codes, dtype=np.int32)


def _joined(first: Text, first_name: str, second: Text, second_name: str) -> Text:
    """The second, then the first, in every language that either has: programs cut long labels at the end."""
    tags = dict.fromkeys([*first.by_tag, *second.by_tag]) or {"": None}
    return Text(
        {tag: f"{second.in_language(tag) or second_name} – {first.in_language(tag) or first_name}" for tag in tags}
    )


def _said(text: str, words: Words) -> Text:
    return Text({words.language: text})


def in_order(dataset: Dataset, mask: BoolArray, keys: Sequence[str] | None) -> np.ndarray:
    """Positions of the chosen replies: as they came, or by a key of each that tells nothing of when it came."""
    chosen = np.flatnonzero(mask)
    if keys is None:
        return chosen
    return chosen[np.argsort(np.array([keys[int(row)] for row in chosen], dtype=object), kind="stable")]
