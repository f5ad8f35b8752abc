"""The demo's figures: they add up, equal counts made without the program, move with a reply, and keep their secrets."""

import csv
import io
import json
import sqlite3
import threading
from collections.abc import Callable, Iterable
from contextlib import closing
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from functools import cache
from pathlib import Path
from typing import Any
from zipfile import ZipFile

import pytest
from python_calamine import CalamineWorkbook

from analysis import inventory, lenses, open_answers, opened_data, review, take_away
from analysis.__main__ import main
from analysis.disclosure import Audience, Suppressed
from analysis.findings import frozen
from analysis.findings.card import Base, Card, CardKind, Row
from analysis.opened_data import Filters
from data.errors import InvalidInput, NotAllowed
from data.settings import Settings
from data.store import Store
from survey import demo, imports
from survey.access import OPERATOR
from survey.demo import SLUG
from survey.imported_rows import ImportRow
from survey.translator import Words
from tests.databases import as_file, not_there, settings_for
from tests.small import REPORT_WRITER, SECRETARIAT, refused

NOW = datetime(2027, 2, 1, 12, tzinfo=UTC)
EFFECTS = Path(__file__).parents[1] / "reference" / "planted_effects.csv"


def all_cards(store: Store, audience: Audience = Audience.INTERNAL, **filters: tuple[str, ...]) -> tuple[Card, ...]:
    return review.cards(
        store, SLUG, actor=OPERATOR, audience=audience, language="en", filters=Filters.of(filters), now=NOW
    )


def card(store: Store, question: str, by: str = "", audience: Audience = Audience.INTERNAL) -> Card:
    return review.card(
        store, SLUG, question, actor=OPERATOR, audience=audience, language="en", filters=Filters(), now=NOW, by=by
    )


def table(capsys: pytest.CaptureFixture[str], *arguments: str) -> Any:
    assert main(["table", SLUG, *arguments, "--json"]) == 0
    captured = capsys.readouterr()
    assert captured.err == ""
    return json.loads(captured.out)


# one by one


@pytest.mark.parametrize("audience", [Audience.INTERNAL, Audience.MEETING])
def test_cards_made_one_by_one_are_the_cards_that_are_asked_for_singly(demo_store: Store, audience: Audience) -> None:
    names = ("led_by", "finding", "work_level")
    asked = {"actor": OPERATOR, "audience": audience, "language": "en", "filters": Filters(), "now": NOW}
    made = tuple(review.one_by_one(demo_store, SLUG, names, by="work_level", **asked))  # type: ignore[arg-type]
    single = [card(demo_store, "led_by", "work_level", audience), card(demo_store, "work_level", "", audience)]
    assessed = review.assessed(demo_store, SLUG, made, actor=OPERATOR)
    assert assessed is not None
    assert [assessed[0], assessed[2]] == single
    assert (made[1].kind, made[1].quotes, made[1].by) == (CardKind.TEXT, (), "")


def test_the_first_quotes_are_those_of_all_and_say_how_many_there_are(demo_store: Store) -> None:
    asked = {"actor": OPERATOR, "audience": Audience.MEETING, "language": "en", "filters": Filters()}
    every = open_answers.quotes(demo_store, SLUG, "finding", search="Health", **asked)  # type: ignore[arg-type]
    count, first = open_answers.first_quotes(demo_store, SLUG, "finding", search="Health", limit=1, **asked)  # type: ignore[arg-type]
    assert (count, first) == (len(every), every[:1])
    assert count > 1


def test_a_visit_without_patience_is_not_held_up_by_the_badges(
    demo_store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    plain = tuple(
        review.one_by_one(
            demo_store,
            SLUG,
            ["led_by"],
            actor=OPERATOR,
            audience=Audience.INTERNAL,
            language="en",
            filters=Filters(),
            now=NOW,
        )
    )
    may_go_on, really = threading.Event(), lenses._open_lenses
    monkeypatch.setattr(lenses, "_open_lenses", lambda *asked: may_go_on.wait(60) and really(*asked))
    lenses._found_lenses.clear()
    assert review.assessed(demo_store, SLUG, plain, actor=OPERATOR, patience=0.01) is None
    may_go_on.set()
    assert review.assessed(demo_store, SLUG, plain, actor=OPERATOR) == (card(demo_store, "led_by"),)


# the command line


@pytest.mark.usefixtures("demo_store")
def test_the_table_of_regions_adds_up_to_every_reply(
    environment: Callable[[Settings], None], demo_settings: Settings, capsys: pytest.CaptureFixture[str]
) -> None:
    environment(demo_settings)
    document = table(capsys, "--question", "region", "--audience", "internal")
    assert sum(row["count"] for row in document["rows"]) == document["base"] == document["n"] == 461
    assert (document["consultation"], document["question"], document["kind"]) == (SLUG, "region", "single")
    assert (document["fictional"], document["audience"], len(document["snapshot"])) == (True, "internal", 64)


@pytest.mark.usefixtures("demo_store")
def test_the_table_speaks_for_a_meeting_unless_told_otherwise(
    environment: Callable[[Settings], None], demo_settings: Settings, capsys: pytest.CaptureFixture[str]
) -> None:
    environment(demo_settings)
    document = table(capsys, "--question", "country")
    assert document["audience"] == "meeting"
    assert [row for row in document["rows"] if row["count"] is not None and row["count"] < 5] == []


@pytest.mark.usefixtures("demo_store")
def test_a_filtered_and_compared_table_says_so(
    environment: Callable[[Settings], None], demo_settings: Settings, capsys: pytest.CaptureFixture[str]
) -> None:
    environment(demo_settings)
    document = table(
        capsys, "--question", "led_by", "--by", "region", "--filter", "region=eeca", "--filter", "region=weu"
    )
    assert (document["by"], document["filters"], document["base"]) == ("region", {"region": ["eeca", "weu"]}, 112)
    columns = {column["code"]: column["base"] for column in document["columns"]}
    assert (columns["eeca"], columns["weu"]) == (40, 72)


@pytest.mark.usefixtures("demo_store")
@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["--question", "nothing"], "There is no question nothing."),
        (["--question", "region", "--by", "finding"], "There is no question finding to compare by."),
        (["--question", "region", "--filter", "region"], "region is not a filter. Write it as NAME=VALUE."),
        (["--question", "region", "--filter", "region=x"], "The filter region has no value x."),
        (["--question", "region", "--filter", "x=y"], "There is no filter x."),
        (["--question", "org_name"], "Names of organisations are not shown here."),
    ],
)
def test_a_table_that_cannot_be_made_is_told_on_standard_error(
    environment: Callable[[Settings], None],
    demo_settings: Settings,
    capsys: pytest.CaptureFixture[str],
    arguments: list[str],
    words: str,
) -> None:
    environment(demo_settings)
    assert main(["table", SLUG, *arguments, "--json"]) == 1
    captured = capsys.readouterr()
    assert (captured.out, captured.err) == ("", f"{words}\n")


def test_a_table_of_a_database_that_is_not_ready_says_what_to_run(
    environment: Callable[[Settings], None], settings: Settings, capsys: pytest.CaptureFixture[str]
) -> None:
    environment(settings)
    assert main(["table", SLUG, "--question", "region"]) == 1
    assert capsys.readouterr().err == not_there(settings)


@pytest.mark.parametrize(
    "arguments", [[], ["table"], ["table", SLUG], ["table", SLUG, "--question", "q", "--audience", "x"]]
)
def test_wrong_usage_ends_with_two(arguments: list[str]) -> None:
    with pytest.raises(SystemExit) as caught:
        main(arguments)
    assert caught.value.code == 2


@pytest.mark.usefixtures("demo_store")
def test_a_report_is_written_and_a_place_that_cannot_be_written_is_told(
    environment: Callable[[Settings], None],
    demo_settings: Settings,
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
) -> None:
    environment(demo_settings)
    out = tmp_path / "report.xlsx"
    assert main(["report", SLUG, "--format", "xlsx", "--out", str(out), "--json"]) == 0
    assert json.loads(capsys.readouterr().out) == {
        "file": str(out),
        "size_bytes": out.stat().st_size,
        "audience": "meeting",
    }
    book = ["--by", "region", "--letters", "--weights", "raked", "--audience", "internal"]
    assert main(["report", SLUG, "--format", "xlsx", "--out", str(out), *book]) == 0
    sheet = CalamineWorkbook.from_path(out).get_sheet_by_name("led_by").to_python()
    assert "Weighted to the contact frame by" in sheet[2][0]
    assert any("(A): higher than" in str(head) for head in sheet[5])
    picked = ["--question", "region", "--question", "led_by", "--language", "fr"]
    assert main(["report", SLUG, "--format", "xlsx", "--out", str(out), *picked]) == 0
    sheets = CalamineWorkbook.from_path(out).sheet_names
    assert "led_by" in sheets and "region" in sheets and "networks" not in sheets
    zipped = tmp_path / "charts.zip"
    assert main(["charts", SLUG, "--format", "csv", "--out", str(zipped), *picked]) == 0
    assert "csv/02-led_by.csv" in ZipFile(zipped).namelist()
    capsys.readouterr()
    assert main(["report", SLUG, "--format", "xlsx", "--out", str(out), "--question", "x"]) == 1
    assert capsys.readouterr().err == "There is no question x.\n"
    assert main(["report", SLUG, "--format", "xlsx", "--out", str(out), "--weights", "raked"]) == 1
    assert "Weighted figures are internal" in capsys.readouterr().err
    assert main(["report", SLUG, "--format", "xlsx", "--out", str(tmp_path), "--json"]) == 1
    assert capsys.readouterr() == ("", f"The file {tmp_path} cannot be written: Is a directory.\n")
    (tmp_path / "master.docx").write_bytes(b"words")
    asked = ["report", SLUG, "--format", "docx", "--out", str(out), "--template"]
    assert main([*asked, str(tmp_path / "master.docx")]) == 1
    assert main([*asked, str(tmp_path / "none.docx")]) == 1
    told = capsys.readouterr().err
    assert "Save it as .pptx or .docx, without a password." in told
    assert "none.docx cannot be read" in told


# counts against SQL


CLOSED = {CardKind.SINGLE, CardKind.MULTIPLE, CardKind.BATTERY, CardKind.RANKING, CardKind.NUMBER}
NO_ANSWER = ("dk", "ns", "ref", "refused")
COUNT_CODES = """
    SELECT each.value, count(DISTINCT responses.id)
    FROM responses, json_each(
        CASE json_type(submission, :path)
            WHEN 'array' THEN json_extract(submission, :path)
            ELSE json_array(json_extract(submission, :path)) END) AS each
    WHERE status = 'submitted' AND json_type(submission, :path) IS NOT NULL
    GROUP BY each.value"""
COUNT_ANSWERED = """
    SELECT count(*) FROM responses WHERE status = 'submitted' AND json_type(submission, :path) IS NOT NULL"""


def counted(path: Path, question: str) -> tuple[dict[str, int], int, int]:
    """(code -> replies, replies with an answer, replies) of a question, straight from the stored JSON."""
    with closing(sqlite3.connect(path)) as connection:
        at = {"path": f"$.{question}"}
        codes = {str(code): count for code, count in connection.execute(COUNT_CODES, at)}
        (answered,) = connection.execute(COUNT_ANSWERED, at).fetchone()
        (replies,) = connection.execute("SELECT count(*) FROM responses WHERE status = 'submitted'").fetchone()
    return codes, answered, replies


def closed_questions(store: Store) -> Iterable[tuple[str, CardKind, Base, tuple[Row, ...]]]:
    """(question, kind, base, rows) of every closed question; each item of a battery is one."""
    for found in all_cards(store):
        if found.kind is CardKind.BATTERY:
            yield from ((item.name, CardKind.SINGLE, item.base, item.rows) for item in found.items)
        elif found.kind in CLOSED:
            yield found.question, found.kind, found.base, found.rows


def disagreements(store: Store, path: Path) -> list[object]:
    """Every closed question whose card does not add up or differs from the count of the stored answers."""
    wrong: list[object] = []
    for question, kind, base, rows in closed_questions(store):
        codes, answered, replies = counted(path, question)
        said = {code: codes.pop(code, 0) for code in NO_ANSWER} if kind is CardKind.SINGLE else {}
        expected = (replies, answered - sum(said.values()), replies - answered)
        missing = dict(base.missing)
        unanswered = missing["not_asked"] + missing["skipped"]  # type: ignore[operator]
        shown = {row.code: row.cell.count for row in rows if row.cell.count}
        facts = (
            (base.replies, base.answered, unanswered) == expected,
            base.answered + sum(missing.values()) == base.replies,  # type: ignore[arg-type, operator]
            missing.get("dont_know", 0) == said.get("dk", 0),
            missing.get("refused", 0) == sum(said.get(code, 0) for code in NO_ANSWER[1:]),
            shown == codes,
        )
        if facts != (True,) * 5:
            wrong.append((question, facts, shown, codes, base, expected))
    return wrong


def test_every_closed_question_adds_up_and_equals_the_count_of_the_stored_answers(
    demo_store: Store, demo_settings: Settings, tmp_path: Path
) -> None:
    assert disagreements(demo_store, as_file(demo_settings, tmp_path)) == []
    assert len(list(closed_questions(demo_store))) == 52


def test_one_more_reply_moves_the_cards_and_the_count(demo_copy: Store, tmp_path: Path) -> None:
    before = {name: base for name, _, base, _ in closed_questions(demo_copy)}
    digest = opened_data.digest(demo_copy, SLUG, actor=OPERATOR)
    with demo_copy.read() as kept:
        first = kept.responses(kept.consultation(SLUG).id)[0]
    values = {name: answer for name, answer in first.submission.items() if name not in ("start_time", "end_time")}
    row = ImportRow(number=1, values=values, language="en")
    imports.import_responses(demo_copy, SLUG, [row], actor=OPERATOR, now=NOW)
    after = {name: base for name, _, base, _ in closed_questions(demo_copy)}
    assert {name: base.replies - before[name].replies for name, base in after.items()} == dict.fromkeys(before, 1)  # type: ignore[operator]
    answered = {name for name, base in after.items() if base.answered != before[name].answered}
    assert answered == {name for name in after if name in values and values[name] not in NO_ANSWER}
    assert disagreements(demo_copy, as_file(settings_for(tmp_path / "demo.db"), tmp_path)) == []
    assert opened_data.digest(demo_copy, SLUG, actor=OPERATOR) != digest


def test_filters_let_through_those_who_chose(demo_store: Store, demo_settings: Settings, tmp_path: Path) -> None:
    with closing(sqlite3.connect(as_file(demo_settings, tmp_path))) as connection:
        (expected,) = connection.execute(
            """SELECT count(*) FROM responses WHERE json_extract(submission, '$.region') IN ('lac', 'eeca')
            AND EXISTS (SELECT 1 FROM json_each(submission, '$.work_level') WHERE value = 'national')"""
        ).fetchone()
    found = all_cards(demo_store, region=("lac", "eeca"), work_level=("national",))
    assert ({each.base.replies for each in found}, expected > 50) == ({expected}, True)


# planted effects


with EFFECTS.open(encoding="utf-8", newline="") as file:
    PLANTED = list(csv.DictReader(file))


def test_the_planted_effects_are_thirty() -> None:
    assert len(PLANTED) == 30


@cache
def _compared(store: Store, question: str, by: str) -> Card:
    return card(store, question, by)


def measured(found: Card, effect: dict[str, str], groups: tuple[str, ...]) -> float:
    """Mean or share of the replies in these groups, from the cells of a card; all replies for no groups."""
    counts = {
        row.code: sum(int(row.by[group].count) for group in groups) if groups else int(row.cell.count)  # type: ignore[arg-type]
        for row in found.rows
    }
    bases = [column.base for column in found.columns if column.code in groups] if groups else [found.base]
    answered = sum(int(base.answered) for base in bases)  # type: ignore[arg-type]
    if effect["measure"] == "mean":
        return sum(float(code) * count for code, count in counts.items()) / sum(counts.values())
    return sum(counts[code] for code in effect["code"].split("|")) / answered


def first_places(store: Store, effect: dict[str, str], *, chose: bool) -> float:
    """Share of first places among those who chose the group's code, or among all others."""
    everyone, those = (
        review.card(
            store,
            SLUG,
            effect["question"],
            actor=OPERATOR,
            audience=Audience.INTERNAL,
            language="en",
            filters=Filters.of(chosen),
            now=NOW,
        )
        for chosen in ({}, {effect["group_variable"]: (effect["group_code"],)})
    )

    def figures(found: Card) -> tuple[int, int]:
        (row,) = [row for row in found.rows if row.code == effect["code"]]
        assert row.first is not None
        return int(row.first.count), int(found.base.answered)  # type: ignore[arg-type]

    (all_first, all_n), (first, n) = figures(everyone), figures(those)
    return first / n if chose else (all_first - first) / (all_n - n)


def effect_size(store: Store, effect: dict[str, str]) -> float:
    """The value of the group, or how much it lies above the other group."""
    if effect["measure"] == "share_first":
        return first_places(store, effect, chose=True) - first_places(store, effect, chose=False)
    found = _compared(store, effect["question"], effect["group_variable"])
    value = measured(found, effect, (effect["group_code"],) if effect["group_code"] else ())
    if not effect["other_code"]:
        return value
    if effect["other_code"] != "rest":
        return value - measured(found, effect, (effect["other_code"],))
    if effect["group_variable"] == "fields":
        return value - rest_of_a_multiple(found, effect)
    others = tuple(column.code for column in found.columns if column.code != effect["group_code"])
    return value - measured(found, effect, others)


def rest_of_a_multiple(found: Card, effect: dict[str, str]) -> float:
    """Groups of a multiple choice overlap: everybody else is everybody without the group."""
    (row,) = [row for row in found.rows if row.code == effect["code"]]
    (column,) = [column for column in found.columns if column.code == effect["group_code"]]
    chose = int(row.cell.count) - int(row.by[effect["group_code"]].count)  # type: ignore[arg-type]
    return chose / (int(found.base.answered) - int(column.base.answered))  # type: ignore[arg-type]


@pytest.mark.parametrize("effect", PLANTED, ids=lambda e: "-".join((e["question"], e["code"], e["group_code"])))
def test_a_planted_effect_is_recovered(demo_store: Store, effect: dict[str, str]) -> None:
    size, least = effect_size(demo_store, effect), float(effect["size_at_least"])
    held = {
        "higher": size >= least,
        "lower": -size >= least,
        "at_least": size >= least,
        "at_most": size <= least,
    }[effect["direction"]]
    assert held, size


# what leaves the house; each in its own ledger: later tables of the shared demo are decided with those shown before


def small_counts(value: object) -> list[object]:
    """Every count from 1 to 4 anywhere in a frozen card."""
    if isinstance(value, dict):
        here = [value] if value.get("count") in (1, 2, 3, 4) else []
        here += [value for name in ("replies", "answered") if value.get(name) in (1, 2, 3, 4)]
        missing = value.get("missing")
        if isinstance(missing, dict):
            here += [missing for count in missing.values() if count in (1, 2, 3, 4)]
        return here + [found for inner in value.values() for found in small_counts(inner)]
    if isinstance(value, list):
        return [found for inner in value for found in small_counts(inner)]
    return []


@pytest.mark.parametrize("audience", [Audience.MEETING, Audience.PUBLIC])
@pytest.mark.parametrize("filters", [{}, {"region": ("glob",)}, {"region": ("oce",), "language": ("en",)}])
def test_no_count_below_five_leaves_the_house(
    demo_copy: Store, audience: Audience, filters: dict[str, tuple[str, ...]]
) -> None:
    found = all_cards(demo_copy, audience, **filters)
    assert [
        (each.question, small_counts(frozen.to_json(each))) for each in found if small_counts(frozen.to_json(each))
    ] == []
    inside = all_cards(demo_copy, Audience.INTERNAL, **filters)
    assert sum(len(small_counts(frozen.to_json(each))) for each in inside) > 50


@pytest.mark.parametrize(
    "by", ["region", *(pytest.param(each, marks=pytest.mark.long) for each in ("org_type", "fields", "country"))]
)
def test_no_count_below_five_stands_in_a_comparison(demo_copy: Store, by: str) -> None:
    for question in ("led_by", "m_prog", "barriers", "invest_rank", "confidence"):
        assert small_counts(frozen.to_json(card(demo_copy, question, by, Audience.MEETING))) == []


def sheet_counts(rows: list[list[Any]]) -> list[object]:
    """Values from 1 to 4 in the columns of a sheet that hold counts."""
    head = next(row for row in rows if [cell for cell in row if str(cell).lower().endswith("count")] != [])
    counts = [number for number, name in enumerate(head) if str(name).lower().endswith("count") or name == "n"]
    below = rows[rows.index(head) + 1 :]
    return [
        row[n]
        for row in below
        for n in counts
        if n < len(row) and str(row[n]) in ("1", "2", "3", "4", "1.0", "2.0", "3.0", "4.0")
    ]


@pytest.mark.parametrize("question", ["country", "led_by", "m_prog", "barriers", "invest_rank", "confidence"])
@pytest.mark.parametrize("kind", ["csv", "xlsx"])
def test_no_count_below_five_stands_in_a_file(demo_copy: Store, question: str, kind: str) -> None:
    def rows(audience: Audience) -> list[list[Any]]:
        file = take_away.chart_file(
            demo_copy,
            SLUG,
            question,
            kind,
            actor=OPERATOR,
            words=Words("en"),
            filters=Filters.of({"region": ("glob", "oce")}),
            by="region" if question != "m_prog" else "",
            now=NOW,
            audience=audience,
        )
        if kind == "csv":
            return list(csv.reader(io.StringIO(file.content.decode("utf-8-sig"))))
        book = CalamineWorkbook.from_filelike(io.BytesIO(file.content))
        return book.get_sheet_by_index(0).to_python(skip_empty_area=False)

    assert sheet_counts(rows(Audience.MEETING)) == []
    assert len(sheet_counts(rows(Audience.INTERNAL))) > 0


def test_a_view_of_fewer_than_five_replies_shows_nothing(demo_store: Store) -> None:
    found = all_cards(demo_store, Audience.MEETING, region=("ssa",), language=("ar",))
    assert {type(each.base.replies) for each in found} == {Suppressed}
    assert {each.quotes for each in found} == {()}


# who sees what


def test_the_secretariat_sees_internal_figures_and_the_report_writer_those_of_a_meeting() -> None:
    assert (opened_data.screen_audience(SECRETARIAT, SLUG), opened_data.screen_audience(REPORT_WRITER, SLUG)) == (
        Audience.INTERNAL,
        Audience.MEETING,
    )


def test_a_report_writer_cannot_ask_for_internal_figures(demo_store: Store) -> None:
    with refused(NotAllowed, "access.denied"):
        review.card(
            demo_store,
            SLUG,
            "region",
            actor=REPORT_WRITER,
            audience=Audience.INTERNAL,
            language="en",
            filters=Filters(),
            now=NOW,
        )


def test_cards_made_for_staff_are_not_handed_to_a_report_writer(demo_store: Store) -> None:
    inside = all_cards(demo_store)
    outside = review.cards(
        demo_store,
        SLUG,
        actor=REPORT_WRITER,
        audience=Audience.MEETING,
        language="en",
        filters=Filters(),
        now=NOW,
    )
    assert ({each.audience for each in inside}, {each.audience for each in outside}) == (
        {Audience.INTERNAL},
        {Audience.MEETING},
    )


# quotes


def quotes(store: Store, audience: Audience, search: str = "") -> dict[int, tuple[str, str]]:
    found = open_answers.quotes(
        store,
        SLUG,
        "worrying",
        actor=OPERATOR,
        audience=audience,
        language="en",
        filters=Filters(),
        search=search,
    )
    return {quote.response_id: (quote.text, quote.attribution) for quote in found}


def permitted(path: Path, permission: str) -> dict[int, tuple[str, str]]:
    with closing(sqlite3.connect(path)) as connection:
        rows = connection.execute(
            """SELECT id, json_extract(submission, '$.worrying'), json_extract(submission, '$.org_name')
            FROM responses WHERE json_extract(submission, '$.publish') = ?
            AND json_extract(submission, '$.worrying') IS NOT NULL""",
            (permission,),
        ).fetchall()
    return {key: (text, name) for key, text, name in rows}


def test_quotes_leave_the_house_as_their_authors_permit(
    demo_store: Store, demo_settings: Settings, tmp_path: Path
) -> None:
    path = as_file(demo_settings, tmp_path)
    named, unnamed, private = (permitted(path, permission) for permission in ("named", "anon", "no"))
    anonymous = {key: (text, "") for key, (text, _) in unnamed.items()}
    assert quotes(demo_store, Audience.MEETING) == named | anonymous
    assert quotes(demo_store, Audience.INTERNAL) == named | unnamed | private
    assert min(len(named), len(unnamed), len(private)) > 5


def test_a_search_of_quotes_finds_words_whatever_their_case(demo_store: Store) -> None:
    found = quotes(demo_store, Audience.INTERNAL, "DRUG")
    everything = quotes(demo_store, Audience.INTERNAL)
    assert found == {key: value for key, value in everything.items() if "drug" in value[0].casefold()}
    assert found != {}


# small things


def test_filters_come_with_words_for_every_value(demo_store: Store) -> None:
    found = inventory.filter_variables(demo_store, SLUG, actor=REPORT_WRITER, language="fr")
    assert [variable.name for variable in found] == ["region", "org_type", "work_level", "language"]
    assert [name for variable in found for name, label in variable.options if not label] == []
    assert len(dict(found[0].options)) == 10


def test_options_of_nothing_are_refused(demo_store: Store) -> None:
    with refused(InvalidInput, "filter.unknown_variable"):
        inventory.options(demo_store, SLUG, "nothing", actor=OPERATOR, language="en")


def test_a_consultation_without_a_reply_has_empty_cards(small: Store) -> None:
    found = review.cards(
        small, "small", actor=OPERATOR, audience=Audience.INTERNAL, language="en", filters=Filters(), now=NOW
    )
    assert {(each.base.replies, each.base.answered) for each in found} == {(0, 0)}


def test_the_demo_used_here_is_the_one_that_the_program_loads(demo_store: Store) -> None:
    assert (demo.SLUG, inventory.replies(demo_store, SLUG, actor=OPERATOR)) == ("way-forward-2029", 461)


def test_cards_are_found_again_when_only_the_clock_went_on(demo_store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    def asked(now: datetime) -> tuple[Card, ...]:
        return review.cards(
            demo_store,
            SLUG,
            actor=SECRETARIAT,
            audience=Audience.INTERNAL,
            language="fr",
            filters=Filters(),
            now=now,
        )

    first = asked(NOW)
    monkeypatch.setattr(review.summary, "cards", None)
    later = asked(NOW + timedelta(hours=1))
    assert {each.source.as_of for each in later} == {NOW + timedelta(hours=1)}
    assert [replace(each, source=first[0].source) for each in later] == list(first)
