"""`make bench`: medians and ratios, both sides in the same run, in turn (A B A B ...)."""

import io
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import UTC, datetime
from functools import partial
from pathlib import Path

import numpy as np
import pandas as pd
import pyreadstat
from pptx import Presentation
from pptx.chart.data import CategoryChartData

from analysis import opened_data, review
from analysis.charts import image
from analysis.data_files import spss, stata, text_files
from analysis.data_files.table import About, DataTable, Measure, NumberColumn, Reason, Value
from analysis.disclosure import Audience
from analysis.findings import summary
from analysis.ledger import rules_of
from analysis.report import native_chart
from analysis.report.compose import compose
from analysis.report.formats import DASHBOARD_FORMATS
from analysis.report.tree import Figure
from data.settings import Settings
from data.store import Store, open_store
from survey import demo, responses, saving
from survey.access import OPERATOR
from survey.questionnaire import Text
from survey.translator import Words
from tests.bench import logic
from tests.bench.bare import BareApp, script
from tests.bench.client import Session
from tests.browser.running import RunningApp

RUNS = 40
ROUNDS = 7
SECTIONS = ("s1", "s2", "s3")


def pairs_of(ours: Callable[[], float], theirs: Callable[[], float], runs: int = RUNS) -> list[tuple[float, float]]:
    """What both took, in turn, after a warm-up of five pairs."""
    return [(ours(), theirs()) for _ in range(runs + 5)][5:]


def medians(pairs: Sequence[tuple[float, float]]) -> tuple[float, float, float]:
    """(median of ours, median of theirs, median of the ratios pair by pair)."""
    mine, other = [a for a, _ in pairs], [b for _, b in pairs]
    return statistics.median(mine), statistics.median(other), statistics.median(a / b for a, b in pairs)


def row(name: str, figures: tuple[float, float, float], other: str) -> None:
    """One line of the table."""
    ours, theirs, ratio = figures
    print(f"| {name} | {ours:.1f} ms | {theirs:.1f} ms ({other}) | {ratio:.2f} |", flush=True)


def sections(store: Store, database: Path, folder: Path) -> None:
    """The rerun of a respondent's section against a bare script with the same widgets.

    Each round has another bare process: one and the same script takes 3 ms in one process and 6 in the next.
    """
    app = RunningApp(database)
    app.start()
    try:
        for name in SECTIONS:
            now = datetime.now(UTC)
            code = responses.begin(store, demo.SLUG, language="en", channel="app", now=now)
            opened = saving.save(store, code, {"consent": "agree"}, seen={}, section=name, language="en", now=now)
            section = next(each for each in opened.state.questionnaire.sections() if each.name == name)
            pairs: list[tuple[float, float]] = []
            for turn in range(ROUNDS):
                place = folder / f"{name}-{turn}"
                place.mkdir()
                bare = BareApp(place, script([section], opened.state))
                ours, theirs = Session(app.port, "respond", c=demo.SLUG, r=code), Session(bare.port)
                try:
                    pairs += pairs_of(lambda a=ours: a.rerun()[0], lambda b=theirs: b.rerun()[0])
                finally:
                    ours.close()
                    theirs.close()
                    bare.stop()
            label = f"rerun of section {name} ({ours.elements} elements; bare {theirs.elements})"
            row(label, medians(pairs), "bare script")
    finally:
        app.stop()


def dashboard(store: Store) -> None:
    """All cards of the dashboard by region against pandas.crosstab over the same answers."""
    now = datetime.now(UTC)
    review.cards(
        store,
        demo.SLUG,
        actor=OPERATOR,
        audience=Audience.INTERNAL,
        language="en",
        filters=opened_data.Filters(),
        now=now,
    )
    opened = opened_data.open_data(store, demo.SLUG, OPERATOR, Audience.INTERNAL)
    source = opened_data.source_of(store, opened, "en", now, rules_of(opened.consultation, Audience.INTERNAL))
    names = [v.name for v in opened.dataset.variables.values() if v.is_single and v.name not in ("region", "country")]
    answers = pd.DataFrame(
        [dict(response.submission) for response in _responses(store)], columns=["region", *dict.fromkeys(names)]
    )

    def ours() -> float:
        begun = time.perf_counter()
        for name in names:
            summary.summarise(
                opened.dataset, name, audience=Audience.INTERNAL, language="en", by="region", source=source
            )
        return (time.perf_counter() - begun) * 1000

    def theirs() -> float:
        begun = time.perf_counter()
        for name in names:
            pd.crosstab(answers[name], answers["region"])
        return (time.perf_counter() - begun) * 1000

    row(
        f"{len(names)} tables by region, with intervals and causes of missing",
        medians(pairs_of(ours, theirs, 10)),
        "pd.crosstab",
    )


def data_files(folder: Path) -> None:
    """10,000 replies to 60 questions as SPSS, Stata and CSV, with labels and reasons, beside the same numbers bare."""
    rng, size = np.random.default_rng(3), 10_000
    numbers = [rng.integers(1, 6, size).astype(np.int16) for _ in range(60)]
    for each in numbers[::2]:
        each[rng.random(size) < 0.1] = -98
    values = tuple(Value(code=code, name=str(code), label=Text({"en": f"Point {code}"})) for code in range(1, 6))
    columns = tuple(
        NumberColumn(
            name=f"q{number}",
            question=f"q{number}",
            label=Text({"en": f"Question {number}"}),
            numbers=each,
            measure=Measure.ORDINAL,
            values=values,
            reasons=(Reason.SKIPPED,) if number % 2 == 0 else (),
        )
        for number, each in enumerate(numbers)
    )
    about = About(
        consultation="bench",
        title="Bench",
        rows="",
        made_at=datetime.now(UTC),
        snapshot="0" * 64,
        fictional=True,
        protected=False,
    )
    table = DataTable(
        columns=columns,
        sets=(),
        about=about,
        language="en",
        default_language="en",
        first_reason=-99,
        reason_labels=tuple(map(str, Reason)),
    )
    bare = pd.DataFrame({f"q{number}": each for number, each in enumerate(numbers)})
    path = folder / "data"
    for name, other, ours, theirs in (
        ("SPSS", "pyreadstat", spss.write, lambda: pyreadstat.write_sav(bare, str(path), row_compress=True)),
        ("Stata", "pyreadstat", stata.write, lambda: pyreadstat.write_dta(bare, str(path), version=14)),
        ("CSV", "DataFrame.to_csv", text_files.write_data, lambda: bare.to_csv(path, index=False)),
    ):

        def timed(write: Callable[[], object]) -> float:
            begun = time.perf_counter()
            write()
            return (time.perf_counter() - begun) * 1000

        pairs = pairs_of(lambda w=ours: timed(lambda: w(table, path)), lambda w=theirs: timed(w), 7)
        row(f"10,000 rows of 60 questions as {name}", medians(pairs), other)


def reports(store: Store) -> None:
    """A report of 40 charts in each format, beside a bare deck of python-pptx with the same figures; processor time."""
    now, words = datetime.now(UTC), Words("en")
    cards = review.cards(
        store,
        demo.SLUG,
        actor=OPERATOR,
        audience=Audience.MEETING,
        language="en",
        filters=opened_data.Filters(),
        now=now,
    )
    made = compose([*cards, *cards], title="Bench", words=words)
    drawn = [each for each in made.parts if isinstance(each, Figure) and each.spec.form in native_chart.SHAPES][:40]
    report = replace(made, parts=tuple(drawn))

    def bare() -> None:
        deck = Presentation()
        for figure in drawn:
            slide = deck.slides.add_slide(deck.slide_layouts[5])
            data = CategoryChartData()
            data.categories = figure.spec.categories
            for series in figure.spec.series:
                data.add_series(series.name, series.values)
            slide.shapes.add_chart(native_chart.SHAPES[figure.spec.form], 0, 0, 9_000_000, 5_000_000, data)
        deck.save(io.BytesIO())

    def timed(make: Callable[[], object]) -> float:
        begun = time.process_time()
        make()
        return (time.process_time() - begun) * 1000

    for name in ("pptx", "docx", "pdf", "html"):
        make = DASHBOARD_FORMATS[name].make
        found = pairs_of(partial(timed, partial(make, report, words)), partial(timed, bare), runs=9)
        row(f"a report of {len(drawn)} charts as {name}", medians(found), "bare python-pptx")
    taken = statistics.median(timed(lambda: [image.png(each.spec) for each in drawn]) for _ in range(3))
    print(f"| {len(drawn)} charts as pictures | {taken:.1f} ms | – | – |", flush=True)


def _responses(store: Store) -> tuple[object, ...]:
    with store.read() as kept:
        return kept.responses(kept.consultation(demo.SLUG).id)


def main() -> None:
    """Prints the table."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        database = folder / "bench.db"
        store = open_store(Settings(database_url=f"sqlite:///{database}"), migrate=True)
        demo.load(store, actor=OPERATOR, now=datetime.now(UTC))
        print("| what | Soundings | instead | ratio |\n|---|---|---|---|")
        sections(store, database, folder)
        dashboard(store)
        reports(store)
        data_files(folder)
    print("\n".join(logic.rows()), flush=True)
    for module in (("suppression",), ("tabbook",), ("columnar",), ("imports", "--rows", "20000")):
        subprocess.run([sys.executable, "-m", f"tests.bench.{module[0]}", *module[1:]], check=True)


if __name__ == "__main__":
    main()
