"""The answers as a pandas table with words instead of codes, for exports and for people who know pandas."""

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


def frame(dataset: Dataset, language: str) -> pd.DataFrame:
    """One row per response (index response_id), columns named as in the questionnaire, answers in words.

    A single choice is a categorical; its missing answers are the categories not_asked, skipped, dont_know, refused.
    A multiple choice is one nullable boolean column "name/code" per option, a ranking one nullable integer column
    "name/code" per item (NA: no answer, or not ranked). Numbers are Float64, all else string.
    `frame.attrs["labels"]` maps column -> label, `frame.attrs["versions"]` a column that not every version of the
    questionnaire asks -> the numbers of those that do. Internal: nothing is suppressed and organisations are named.
    """
    columns: dict[str, pd.Series] = {}
    labels: dict[str, str] = {}
    versions: dict[str, list[int]] = {}
    index = pd.Index([respondent.response_id for respondent in dataset.respondents], name="response_id")
    for variable in dataset.codebook.variables:
        label = dataset.codebook.words(variable.label, language, variable.name)
        for name, option, series in _series(dataset, variable, language, index):
            columns[name] = series
            labels[name] = f"{label}: {option}" if option else label
            if variable.versions:
                versions[name] = list(variable.versions)
    table = pd.DataFrame(columns, index=index)
    table.attrs["labels"] = labels
    table.attrs["versions"] = versions
    return table


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
    texts: list[str | None] = [None] * dataset.size
    for row, text in column.texts:
        texts[row] = text
    return [(variable.name, "", pd.Series(texts, index=index, dtype="string"))]


def _option_words(dataset: Dataset, variable: Variable, language: str) -> list[str]:
    words = [dataset.codebook.words(code.label, language, code.name) for code in variable.codes]
    reserved = {cause.value for cause in CAUSES}
    # Categories must differ: two options with the same words keep their code beside them.
    return [
        word if words.count(word) == 1 and word not in reserved else f"{word} ({code.name})"
        for word, code in zip(words, variable.codes, strict=True)
    ]
