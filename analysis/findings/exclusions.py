"""The results of a question side by side: with all replies, and without those of each class of exclusions.

Internal: whoever decides on exclusions sees the figures; nothing here is meant for a meeting or the public.
"""

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from analysis.dataset.arrays import ANSWERED, BoolArray, Dataset, NumberColumn, RankColumn
from analysis.dataset.codebook import PSEUDO_VARIABLES, Code, Variable
from analysis.findings.scale import is_ordered, scale_of
from analysis.stats.scales import net
from data.analysis_records import Flag
from data.errors import NotFound
from survey.questionnaire import Kind


@dataclass(frozen=True, slots=True, kw_only=True)
class ResultColumn:
    """The results without some replies.

    flag       the class left out; None: none of them for the first column, all of them for the last
    left_out   how many replies are left out; answered: n of those who remain
    figures    one for each line; None where nobody is left to compute it from
    """

    flag: Flag | None
    left_out: int
    answered: int
    figures: tuple[float | None, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """One line of results: its words, and what its figures are: "share" (0–1), "net" (-1–1), "rank" or "number"."""

    label: str
    unit: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Comparison:
    """The first column counts every reply; then one without each class; the last without all of them."""

    question: str
    label: str
    lines: tuple[Line, ...]
    columns: tuple[ResultColumn, ...]


def comparable(dataset: Dataset, language: str) -> tuple[tuple[str, str], ...]:
    """(question, words) of questions with choices, rankings and numbers, the items of batteries among them."""
    words = dataset.codebook.words
    return tuple(
        (each.name, words(each.label, language, each.name))
        for each in dataset.codebook.variables
        if _is_shown(each, dataset)
    )


def _is_shown(variable: Variable, dataset: Dataset) -> bool:
    if variable.name in PSEUDO_VARIABLES and not variable.section:
        return False
    column = dataset.columns[variable.name]
    return variable.is_categorical or isinstance(column, RankColumn | NumberColumn)


def compare(dataset: Dataset, question: str, without: Mapping[Flag, frozenset[int]], language: str) -> Comparison:
    """Shares of the options of a choice (with the net value of a battery's item), mean ranks of a ranking, or the mean
    of a number; in every column of those who answered and remain.

    Raises NotFound "card.unknown_question".
    """
    variable = dataset.variables.get(question)
    if variable is None or not _is_shown(variable, dataset):
        raise NotFound("card.unknown_question", question=question)
    keys = np.array([each.response_id for each in dataset.respondents], dtype=np.int64)
    masks: list[tuple[Flag | None, BoolArray]] = [(None, np.zeros(dataset.size, dtype=np.bool_))]
    masks += [(flag, np.isin(keys, list(without.get(flag, ())))) for flag in Flag]
    masks.append((None, np.isin(keys, list(frozenset[int]().union(*without.values())))))
    answered = dataset.columns[question].state == ANSWERED
    return Comparison(
        question=question,
        label=dataset.codebook.words(variable.label, language, question),
        lines=_lines(dataset, variable, language),
        columns=tuple(
            ResultColumn(
                flag=flag,
                left_out=int(np.count_nonzero(gone)),
                answered=int(np.count_nonzero(answered & ~gone)),
                figures=_figures(dataset, variable, answered & ~gone),
            )
            for flag, gone in masks
        ),
    )


def _lines(dataset: Dataset, variable: Variable, language: str) -> tuple[Line, ...]:
    if isinstance(dataset.columns[variable.name], NumberColumn):
        return (Line(label="", unit="number"),)
    unit = "rank" if variable.kind is Kind.RANK else "share"
    words = dataset.codebook.words
    lines = [Line(label=words(code.label, language, code.name), unit=unit) for code in variable.codes]
    return (*lines, Line(label="", unit="net")) if _scale(dataset, variable) else tuple(lines)


def _scale(dataset: Dataset, variable: Variable) -> tuple[Code, ...]:
    """The points that a net value is made of, as on the card of the battery, lowest first; () where there is none."""
    home = next((each for each in dataset.codebook.batteries if variable.name in each.items), None)
    points = () if home is None else scale_of(dataset, home)
    return points if len(points) > 1 and is_ordered([point.name for point in points]) else ()


def _figures(dataset: Dataset, variable: Variable, rows: BoolArray) -> tuple[float | None, ...]:
    n = int(np.count_nonzero(rows))
    column = dataset.columns[variable.name]
    if isinstance(column, NumberColumn):
        return (float(column.values[rows].mean()) if n else None,)
    if isinstance(column, RankColumn):
        ranks = column.ranks[rows]
        placed = np.count_nonzero(ranks, axis=0)
        return tuple(
            float(total / times) if times else None for total, times in zip(ranks.sum(axis=0), placed, strict=True)
        )
    counts = np.count_nonzero(dataset.chosen(variable.name)[rows], axis=0).tolist()
    shares = tuple(count / n if n else None for count in counts)
    points = _scale(dataset, variable)
    if not points:
        return shares
    by_code = dict(zip((code.name for code in variable.codes), counts, strict=True))
    return (*shares, net([by_code.get(point.name, 0) for point in points]) if n else None)
