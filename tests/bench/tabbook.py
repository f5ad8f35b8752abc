"""A tab book: 50 questions by 8 banners, 5,000 respondents; beside pandas and, where it is installed, R's survey.

Runs as a process of its own with one thread for products of matrices, which numpy asks for when it is first imported;
pandas and R use one too. Processor time is measured: what else a shared machine does is not counted.
"""

import os

os.environ["OPENBLAS_NUM_THREADS"] = "1"

import shutil
import statistics
import subprocess
import tempfile
import time
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from types import MappingProxyType

import numpy as np
import pandas as pd

from analysis.dataset.arrays import FIRST_CODE, SKIPPED, Dataset, Respondent, SingleColumn
from analysis.dataset.codebook import Code, Codebook, Variable
from analysis.disclosure import Audience
from analysis.findings.card import Source
from analysis.findings.method import Method, WeightKind
from analysis.findings.refine import refine_all
from analysis.findings.summary import summarise
from analysis.findings.weighting import weigh
from analysis.stats import columns
from analysis.stats.crosstabs import Crosstabs, cross
from analysis.stats.proportions import FloatArray, intervals
from survey.questionnaire import Kind, Text

RESPONDENTS, QUESTIONS, OPTIONS, BANNERS = 5_000, 50, 5, (2, 3, 4, 5, 6, 7, 8, 9)
RUNS = 9
SOURCE = Source(
    consultation="bench", title="Bench", fictional=True, as_of=datetime(2027, 1, 1, tzinfo=UTC), snapshot="0" * 12
)
R_SCRIPT = """
suppressMessages(library(survey))
data <- read.csv(commandArgs(TRUE)[1], colClasses = "factor")
data$w <- as.numeric(as.character(data$w))
of <- svydesign(ids = ~1, weights = ~w, data = data)
asked <- grep("^q", names(data), value = TRUE)
by <- grep("^b", names(data), value = TRUE)
took <- system.time(for (q in asked) for (b in by)
  svyby(as.formula(paste0("~", q)), as.formula(paste0("~", b)), of, svymean, na.rm = TRUE))
cat((took[[1]] + took[[2]]) * 1000)
"""


def book() -> Dataset:
    """Questions q0..q49 of five options, answered by nine in ten; banners b0..b7 of two to nine columns; one region."""
    rng = np.random.default_rng(2027)
    held: dict[str, tuple[Variable, SingleColumn]] = {}
    names = [(f"q{i}", OPTIONS, 0.9) for i in range(QUESTIONS)] + [(f"b{i}", k, 1.0) for i, k in enumerate(BANNERS)]
    for name, size, answered in names:
        codes = FIRST_CODE + rng.choice(size, RESPONDENTS, p=rng.dirichlet(np.full(size, 6.0)))
        codes = np.where(rng.random(RESPONDENTS) < answered, codes, SKIPPED).astype(np.uint8)
        options = tuple(Code(name=str(i), label=Text({"en": f"Option {i}"})) for i in range(size))
        variable = Variable(name=name, kind=Kind.SELECT_ONE, label=Text({"en": name}), codes=options)
        held[name] = (variable, SingleColumn(codes=codes))
    respondent = Respondent(response_id=0, language="en", region="", publish="no", organisation="")
    return Dataset(
        codebook=Codebook(
            variables=tuple(variable for variable, _ in held.values()),
            batteries=(),
            roles={"region": f"b{len(BANNERS) - 1}"},
            default_language="en",
        ),
        variables=MappingProxyType({name: variable for name, (variable, _) in held.items()}),
        respondents=(respondent,) * RESPONDENTS,
        columns=MappingProxyType({name: column for name, (_, column) in held.items()}),
    )


def crossed(data: Dataset, weights: FloatArray | None = None) -> Crosstabs:
    """All tables, from the data set's code arrays."""
    asked = [name for name in data.columns if name.startswith("q")]
    by = [name for name in data.columns if name.startswith("b")]
    chosen = [data.chosen(name) for name in asked]
    banners = [data.chosen(name) for name in by]
    return cross(
        np.hstack(chosen),
        np.repeat(np.arange(len(asked)), [each.shape[1] for each in chosen]),
        np.column_stack([each.any(axis=1) for each in chosen]),
        np.hstack(banners),
        np.repeat(np.arange(len(by)), [each.shape[1] for each in banners]),
        weights,
    )


def weighted(data: Dataset, weights: FloatArray) -> None:
    """Shares, standard errors, Wilson intervals by effective n, and the letters of all tables."""
    tables = crossed(data, weights)
    n = tables.effective()[tables.question]
    tables.standard_errors()
    intervals(tables.shares() * n, n)
    columns.lettered(tables, columns.compare(tables))


def through_cards(data: Dataset) -> None:
    """The same as cards, with bases, causes of missing answers, the weights themselves and the test of each table."""
    found = [
        summarise(data, question, audience=Audience.INTERNAL, language="en", by=by, source=SOURCE)
        for question in data.columns
        if question.startswith("q")
        for by in data.columns
        if by.startswith("b")
    ]
    refine_all(found, data, Method(weights=WeightKind.EQUAL_REGIONS, letters=True))


def grouped(answers: pd.DataFrame) -> None:
    """Counts and shares of every table by pandas, on categories, which are its quickest kind."""
    for question in answers.columns:
        for by in answers.columns:
            if question.startswith("q") and by.startswith("b"):
                counts = answers.groupby([by, question], observed=False).size().unstack()
                counts.div(counts.sum(axis=1), axis=0)


def frame_of(data: Dataset) -> pd.DataFrame:
    """The answers as categories; a missing answer is missing."""
    return pd.DataFrame(
        {
            name: pd.Categorical.from_codes(
                np.maximum(column.codes.astype(np.int64) - FIRST_CODE, -1),
                categories=[code.name for code in data.variables[name].codes],
            )
            for name, column in data.columns.items()
            if isinstance(column, SingleColumn)
        }
    )


def took(act: Callable[[], None], runs: int = RUNS) -> float:
    """Median milliseconds of processor time, after a run for warming up."""
    act()
    found = []
    for _ in range(runs):
        begun = time.process_time()
        act()
        found.append((time.process_time() - begun) * 1000)
    return statistics.median(found)


def by_r(answers: pd.DataFrame, weights: FloatArray) -> float | None:
    """Milliseconds that svyby takes for shares with standard errors; None where R or its survey is not installed."""
    if shutil.which("Rscript") is None:
        return None
    with tempfile.TemporaryDirectory() as folder:
        place = Path(folder) / "book.csv"
        answers.assign(w=weights).to_csv(place, index=False, na_rep="NA")
        made = subprocess.run(["Rscript", "-e", R_SCRIPT, str(place)], capture_output=True, text=True, check=False)
    return float(made.stdout) if made.returncode == 0 else None


def rows() -> list[str]:
    """Lines of the table of `make bench`."""
    data = book()
    answers = frame_of(data)
    weighed = weigh(data, Method(weights=WeightKind.EQUAL_REGIONS), (), "en")
    assert weighed is not None
    tables = QUESTIONS * len(BANNERS)
    plain, theirs = took(lambda: void(crossed(data).shares())), took(lambda: grouped(answers), 1)
    full = took(lambda: weighted(data, weighed.weights))
    r = by_r(answers, weighed.weights)
    cards = took(lambda: through_cards(data), 3)
    beside = "–" if r is None else f"{r:,.0f} ms (R svyby, no intervals, no letters)"
    ratio = "–" if r is None else f"{full / r:.4f}"
    return [
        f"| tab book, {tables} tables: counts and shares | {plain:.1f} ms | {theirs:,.0f} ms (pandas groupby) "
        f"| {plain / theirs:.4f} |",
        f"| the same weighted: standard errors, intervals, letters | {full:.0f} ms | {beside} | {ratio} |",
        f"| the same as {tables} cards, with the test of each table | {cards:,.0f} ms | – | – |",
    ]


def void(_value: object) -> None:
    """Drops a result that is made for its time only."""


def main() -> None:
    """Prints the lines."""
    print("\n".join(rows()), flush=True)


if __name__ == "__main__":
    main()
