"""The answers as a pandas table with words instead of codes, for exports and for people who know pandas."""

from collections.abc import Iterable, Iterator, Mapping, Sequence

import numpy as np
import pandas as pd

from analysis.dataset.arrays import (
    ANSWERED,
    CAUSES,
    FIRST_CODE,
    Dataset,
    MultipleColumn,
    NumberColumn,
    RankColumn,
    SingleColumn,
)
from analysis.dataset.codebook import Variable
from data.errors import NotFound
from data.records import AnswerValue, ResponseRecord
from survey.logic.instances import prefix_of, split
from survey.questionnaire import (
    NUMBER_KINDS,
    UNASKED_KINDS,
    Choice,
    Group,
    Kind,
    Question,
    Questionnaire,
    no_answers,
)
from survey.versions.lineage import Lineage

PERMISSION = "response/publish"
"""The column that tells what may be published; no question can have this name, because names hold no slash."""


def frame(dataset: Dataset, language: str) -> pd.DataFrame:
    """One row per response (index response_id), columns named as in the questionnaire, answers in words.

    A single choice is a categorical; its missing answers are the categories not_asked, skipped, not_applicable,
    dont_know, refused. A multiple choice is one nullable boolean column "name/code" per option, a ranking one nullable
    integer column "name/code" per item (NA: no answer, or not ranked). Numbers are Float64, all else string.
    The last column, PERMISSION, is what the reply permits: "named", "anon" or "no".
    `frame.attrs["labels"]` maps column -> label, `frame.attrs["versions"]` a column that not every version of the
    questionnaire asks -> the numbers of those that do. Internal: nothing is suppressed and organisations are named.
    """
    columns: dict[str, pd.Series] = {}
    labels: dict[str, str] = {}
    versions: dict[str, list[int]] = {}
    index = pd.Index(dataset.respondents.ids, name="response_id")
    for variable in dataset.codebook.variables:
        label = dataset.codebook.words(variable.label, language, variable.name)
        for name, option, series in _series(dataset, variable, language, index):
            columns[name] = series
            labels[name] = f"{label}: {option}" if option else label
            if variable.versions:
                versions[name] = list(variable.versions)
    publishes = dataset.respondents.publishes
    permissions = np.array(publishes.words, dtype=object)[publishes.codes]
    columns[PERMISSION] = pd.Series(permissions, index=index, dtype="string")
    labels[PERMISSION] = "Permission to publish"
    table = pd.DataFrame(columns, index=index)
    table.attrs["labels"] = labels
    table.attrs["versions"] = versions
    return table


def repeat_frame(
    line: Lineage,
    responses: Sequence[ResponseRecord],
    repeat: str,
    language: str,
    *,
    hidden: frozenset[str],
    permissions: Mapping[int, str],
) -> pd.DataFrame:
    """One row per instance of a repeat, its questions in words; the index tells response and instances.

    Single choices and all else are strings, numbers Float64; a multiple choice is one boolean column "name/code" per
    option, a ranking one nullable integer column per item; choices that are no answer are none of these, those that a
    newer version left out are. Questions of a repeat inside have a table of their own.

    repeat  name of the repeat in the newest version
    hidden  questions that are never analysed (contact)
    permissions  response id -> what it permits, for the column PERMISSION
    Raises  NotFound "frame.unknown_repeat". Internal: nothing is suppressed.
    """
    form = line.questionnaire
    around = form.repeats_of()
    group = next((each for each in _groups(form.children) if each.repeats and each.name == repeat), None)
    if group is None:
        raise NotFound("frame.unknown_repeat", repeat=repeat)
    repeats = (*around[repeat], repeat)
    choices = {member.name: member.choices for member in line.members()}
    questions = [q for q in group.questions() if around[q.name] == repeats and q.name not in hidden]
    rows: list[dict[str, object]] = []
    for response in responses:
        submission = line.carry(response.version_number, response.submission)
        for key, answer in submission.items():
            name, inside = split(key)
            if tuple(each for each, _ in inside) == repeats[:-1] and name == repeat:
                for number in range(1, int(str(answer)) + 1):
                    places = [*(place for _, place in inside), number]
                    prefix = prefix_of(repeats, tuple(places))
                    row: dict[str, object] = {"response_id": response.id, **dict(zip(repeats, places, strict=True))}
                    row[PERMISSION] = permissions[response.id]
                    for question in questions:
                        row |= _cells(form, question, choices, submission.get(prefix + question.name), language)
                    rows.append(row)
    names = [name for question in questions for name in _cells(form, question, choices, None, language)]
    table = pd.DataFrame(rows, columns=["response_id", *repeats, *names, PERMISSION]).set_index(
        ["response_id", *repeats]
    )
    numbers = {question.name for question in questions if question.kind in NUMBER_KINDS}
    kinds = {name: "Float64" if name in numbers else "boolean" if "/" in name else "string" for name in names}
    kinds |= {
        f"{question.name}/{choice.name}": "Int16"
        for question in questions
        if question.kind is Kind.RANK
        for choice in _answers(choices[question.name])
    }
    kinds[PERMISSION] = "string"
    table = table.astype(kinds)
    table.attrs["labels"] = {
        question.name: question.label.in_language(language, form.default_language) for question in questions
    }
    return table


def _groups(children: Iterable[Group | Question]) -> Iterator[Group]:
    for child in children:
        if isinstance(child, Group):
            yield child
            yield from _groups(child.children)


def _answers(choices: Sequence[Choice]) -> list[Choice]:
    """Those that are answers."""
    none = no_answers(choices)
    return [choice for choice in choices if choice.name not in none]


def _cells(
    form: Questionnaire,
    question: Question,
    choices: Mapping[str, Sequence[Choice]],
    answer: AnswerValue | None,
    language: str,
) -> dict[str, object]:
    if question.kind in UNASKED_KINDS:
        return {}
    if question.kind in (Kind.SELECT_MULTIPLE, Kind.RANK):
        options = [choice.name for choice in _answers(choices[question.name])]
        chosen = [code for code in answer if code in options] if isinstance(answer, tuple) else []
        if question.kind is Kind.RANK:
            places = {code: place for place, code in enumerate(chosen, start=1)}
            return {f"{question.name}/{each}": places.get(each) for each in options}
        return {f"{question.name}/{each}": (each in chosen) if chosen else None for each in options}
    words = {
        choice.name: choice.label.in_language(language, form.default_language) or choice.name
        for choice in choices[question.name]
    }
    if answer is None or question.kind in NUMBER_KINDS:
        return {question.name: answer}
    return {question.name: words.get(str(answer), str(answer))}


def _series(
    dataset: Dataset, variable: Variable, language: str, index: "pd.Index[int]"
) -> list[tuple[str, str, pd.Series]]:
    column = dataset.columns[variable.name]
    words = _option_words(dataset, variable, language)
    missing = column.state != ANSWERED
    if isinstance(column, SingleColumn):
        # Reserved codes come first in the array and in the categories, so codes are positions.
        assert len(CAUSES) == FIRST_CODE
        categories = [*(cause.value for cause in CAUSES), *words]
        coded = pd.Categorical.from_codes(column.codes.astype(np.int32), categories=pd.Index(categories))
        return [(variable.name, "", pd.Series(coded, index=index))]
    if isinstance(column, MultipleColumn | RankColumn):
        names = [f"{variable.name}/{code.name}" for code in variable.codes]
        if isinstance(column, MultipleColumn):
            flags = [pd.Series(cells, index=index).astype("boolean").mask(missing) for cells in column.chosen.T]
            return list(zip(names, words, flags, strict=True))
        places = [pd.Series(cells, index=index).astype("Int16").mask(cells == 0) for cells in column.ranks.T]
        return list(zip(names, words, places, strict=True))
    if isinstance(column, NumberColumn):
        return [(variable.name, "", pd.Series(column.values, index=index).astype("Float64").mask(missing))]
    return [(variable.name, "", pd.Series(column.texts.rows(), index=index, dtype="string"))]


def _option_words(dataset: Dataset, variable: Variable, language: str) -> list[str]:
    words = [dataset.codebook.words(code.label, language, code.name) for code in variable.codes]
    reserved = {cause.value for cause in CAUSES}
    # Categories must differ: two options with the same words keep their code beside them.
    return [
        word if words.count(word) == 1 and word not in reserved else f"{word} ({code.name})"
        for word, code in zip(words, variable.codes, strict=True)
    ]
