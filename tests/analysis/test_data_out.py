"""Data to take away: who gets what, what is never in it, and that it equals what the screens count."""

import csv
import io
import json
import zipfile
from collections import Counter
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

import openpyxl
import pyreadstat
import pytest

from analysis import data_out, estimates, homecoming, inventory, opened_data, review, snapshots, take_away
from analysis.__main__ import main
from analysis.data_files.formats import DATA_FORMATS
from analysis.disclosure import Audience
from analysis.findings.card import CardKind
from analysis.findings.method import Method, WeightKind
from analysis.opened_data import Filters
from data.errors import InvalidInput, NotAllowed, NotFound
from data.settings import Settings
from data.store import Store
from survey import consultation_rules
from survey.access import OPERATOR, Actor, ConsultationRole
from survey.demo import SLUG
from survey.translator import Words
from tests.small import (
    DAY,
    FORM,
    REPORT_WRITER,
    SECRETARIAT,
    granted,
    publish,
    refused,
    send,
)
from tests.small import NOW as THEN
from tests.small import SLUG as SMALL

NOW = datetime(2027, 2, 1, 12, tzinfo=UTC)
WORDS = Words("en")


def answers(store: Store, kind: str = "r", *, slug: str = SLUG, actor: Actor = SECRETARIAT, **changes: object) -> bytes:
    values: dict[str, object] = {"words": WORDS, "filters": Filters(), "now": NOW}
    return data_out.answers_file(store, slug, kind, actor=actor, **{**values, **changes}).content  # type: ignore[arg-type]


def figures(store: Store, kind: str = "r", *, actor: Actor = REPORT_WRITER, **changes: object) -> take_away.File:
    values: dict[str, object] = {"words": WORDS, "filters": Filters(), "now": NOW}
    return data_out.figures_file(store, SLUG, kind, actor=actor, **{**values, **changes})  # type: ignore[arg-type]


def part(content: bytes, name: str) -> str:
    with zipfile.ZipFile(io.BytesIO(content)) as packed:
        return packed.read(name).decode("utf-8-sig")


def rows(content: bytes, name: str = f"{SLUG}-answers.csv") -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(part(content, name))))


def words_of(content: bytes, column: str) -> dict[str, str]:
    lines = csv.DictReader(io.StringIO(part(content, "values.csv")))
    return {line["code"]: line["choice"] for line in lines if line["name"] == column}


def test_the_replies_are_those_that_the_screen_counts(demo_store: Store) -> None:
    content = answers(demo_store)
    found, codes = rows(content), words_of(content, "region")
    card = review.card(
        demo_store,
        SLUG,
        "region",
        actor=OPERATOR,
        audience=Audience.INTERNAL,
        language="en",
        filters=Filters(),
        now=NOW,
    )
    counted = Counter(codes[row["region"]] for row in found)
    assert len(found) == 461
    assert {row.code: row.cell.count for row in card.rows} == {row.code: counted[row.code] for row in card.rows}
    told = part(content, "README.txt")
    assert opened_data.digest(demo_store, SLUG, actor=OPERATOR) in told
    assert "Fictional data" in told


@pytest.mark.parametrize("kind", DATA_FORMATS)
def test_every_format_can_be_had_by_report_writers_and_secretariat(demo_store: Store, kind: str) -> None:
    file = figures(demo_store, kind, questions=["region", "m_prog"])
    assert (file.name, file.content_type) == (f"{SLUG}-figures-en-{kind}.zip", "application/zip")
    mine = data_out.answers_file(
        demo_store,
        SLUG,
        kind,
        actor=SECRETARIAT,
        words=Words("ar"),
        filters=Filters(),
        now=NOW,
        texts=True,
        questions=["region", "finding"] if "finding" in questions_of(demo_store) else ["region"],
    )
    assert mine.name == f"{SLUG}-answers-texts-ar-{kind}.zip"
    for each in (file, mine):
        with zipfile.ZipFile(io.BytesIO(each.content)) as packed:
            assert packed.testzip() is None
            assert packed.namelist()[0] == "README.txt"


def questions_of(store: Store) -> set[str]:
    return {each.name for each in inventory.questions(store, SLUG, actor=REPORT_WRITER, language="en")}


@pytest.mark.parametrize("role", [None, ConsultationRole.EDITOR, ConsultationRole.VIEWER])
def test_replies_go_to_nobody_who_may_not_read_answers_one_by_one(
    demo_store: Store, role: ConsultationRole | None
) -> None:
    actor = REPORT_WRITER if role is None else granted(role, consultation=SLUG)
    with refused(NotAllowed, "access.denied"):
        answers(demo_store, actor=actor)
    assert data_out.offer(demo_store, SLUG, actor=actor, language="en").answers is False


def test_names_go_to_nobody_who_may_not_read_contacts(demo_store: Store) -> None:
    analyst = granted(ConsultationRole.ANALYST, consultation=SLUG)
    assert "org_name" not in rows(answers(demo_store, actor=analyst))[0]
    with refused(NotAllowed, "access.denied"):
        answers(demo_store, actor=analyst, names=True)
    offered = data_out.offer(demo_store, SLUG, actor=analyst, language="en")
    assert (offered.answers, offered.names) == (True, False)
    assert "org_name" in rows(answers(demo_store, names=True))[0]
    assert data_out.offer(demo_store, SLUG, actor=SECRETARIAT, language="en").names is True


def test_contact_data_is_in_no_file(store: Store) -> None:
    publish(store)
    send(store)
    for kind in DATA_FORMATS:
        content = answers(store, kind, slug=SMALL, names=True, texts=True)
        with zipfile.ZipFile(io.BytesIO(content)) as packed:
            for name in packed.namelist():
                inside = packed.read(name)
                assert b"southern.example" not in inside
                assert b"contact_email" not in inside


def test_small_groups_are_in_no_file_of_figures(demo_store: Store) -> None:
    content = figures(demo_store, questions=["org_type", "fields"], by="region").content
    found = rows(content, f"{SLUG}-figures.csv")
    assert {row["question"] for row in found} == {"org_type", "fields"}
    counts = [float(row[name]) for row in found for name in ("count", "n", "first_count")]
    assert not [count for count in counts if 0 <= count < 5]
    assert any(row["group"] == "ssa" for row in found)
    assert "org_name" not in {row["question"] for row in found}


def test_figures_are_those_of_the_cards(demo_store: Store) -> None:
    found = rows(figures(demo_store).content, f"{SLUG}-figures.csv")
    cards = review.cards(
        demo_store,
        SLUG,
        actor=REPORT_WRITER,
        audience=Audience.MEETING,
        language="en",
        filters=Filters(),
        now=NOW,
    )
    written = {(row["question"], row["item"], row["option"]): row for row in found}
    compared = 0
    for card in cards:
        if card.kind in (CardKind.TEXT, CardKind.BATTERY):
            continue
        for row in card.rows:
            line = written[card.question, "", row.code]
            if isinstance(row.cell.count, int):
                assert float(line["count"]) == row.cell.count
                compared += 1
            else:
                assert float(line["count"]) == -94
    assert compared > 50


def test_filters_and_questions_hold_in_both_files(demo_store: Store) -> None:
    chosen = {"filters": Filters.of({"region": ["ssa"]}), "questions": ["region", "org_type"]}
    content = answers(demo_store, **chosen)
    found, codes = rows(content), words_of(content, "region")
    assert {codes[row["region"]] for row in found} == {"ssa"}
    assert set(found[0]) == {"case", "region", "org_type", "publication", "weight_frame", "weight_regions"}
    assert "region: ssa" in part(content, "README.txt")
    shown = rows(figures(demo_store, **chosen).content, f"{SLUG}-figures.csv")
    assert {row["question"] for row in shown} == {"region", "org_type"}
    assert {row["replies"] for row in shown} == {str(len(found))}


@pytest.mark.parametrize(
    ("kind", "column"),
    [
        (WeightKind.POSTSTRATIFIED, "weight_cells"),
        (WeightKind.LINEAR, "weight_linear"),
        (WeightKind.LOGIT, "weight_logit"),
        (WeightKind.RAKED, "weight_frame"),
    ],
)
def test_the_weights_that_are_chosen_become_a_column(demo_store: Store, kind: WeightKind, column: str) -> None:
    method = Method(weights=kind, lowest=0.5, highest=2.5, margins=("region",))
    content = answers(demo_store, questions=["region"], method=method)
    found = rows(content)
    assert set(found[0]) == {"case", "region", "publication", "weight_frame", "weight_regions", column}
    report = estimates.weights(demo_store, SLUG, method, actor=OPERATOR, language="en")
    weights = [float(row[column]) for row in found]
    assert report is not None
    assert (min(weights), max(weights)) == pytest.approx((report.lowest, report.highest))
    told = part(content, "README.txt").replace("\n", " ")
    assert f"{column}: Weight:" in told and "design effect" in told
    (again,) = homecoming.check(demo_store, content, actor=SECRETARIAT, now=NOW).views
    assert (again.verdict, again.method) == (homecoming.Verdict.HOLDS, method)


def test_weights_that_are_chosen_and_cannot_be_had_are_refused(store: Store) -> None:
    publish(store)
    send(store)
    assert "weight_frame" not in rows(answers(store, slug=SMALL), f"{SMALL}-answers.csv")[0]
    with refused(InvalidInput, "weights.no_frame"):
        answers(store, slug=SMALL, method=Method(weights=WeightKind.LOGIT))


def test_the_labels_are_in_the_language_and_the_codes_in_none(demo_store: Store, tmp_path: Path) -> None:
    found = {}
    for language in ("en", "ar", "zh"):
        content = answers(demo_store, "sav", words=Words(language), questions=["region", "fields"])
        with zipfile.ZipFile(io.BytesIO(content)) as packed:
            (tmp_path / f"{language}.sav").write_bytes(packed.read(f"{SLUG}-answers.sav"))
        found[language] = pyreadstat.read_sav(str(tmp_path / f"{language}.sav"), user_missing=True)
    frames = [frame for frame, _told in found.values()]
    assert all(frame.equals(frames[0]) for frame in frames)
    labels = [told.variable_value_labels["region"][1.0] for _frame, told in found.values()]
    assert len(set(labels)) == 3
    assert all("fields" in told.mr_sets for _frame, told in found.values())


def test_an_unknown_language_question_or_format_is_refused(demo_store: Store) -> None:
    for take in (answers, figures):
        with refused(InvalidInput, "data.unknown_language"):
            take(demo_store, words=Words("tlh"))
        with refused(NotFound, "card.unknown_question"):
            take(demo_store, questions=["nothing"])
        with refused(InvalidInput, "format.unknown"):
            take(demo_store, "exe")
    with refused(NotFound, "card.unknown_question"):
        figures(demo_store, questions=["org_name"])


def test_comparisons_are_for_a_few_named_questions(demo_store: Store) -> None:
    for questions in ([], ["region"] * 11):
        with refused(InvalidInput, "data.compare_few"):
            figures(demo_store, questions=questions, by="org_type")


def send_three(store: Store) -> list[str]:
    names = ["Aaa", "Bbb", "Ccc"]
    for number, name in enumerate(names):
        send(store, now=THEN + number * DAY, org_name=name, staff=str(number))
    return names


def test_a_pseudonymous_consultation_gives_rows_without_key_name_and_order(store: Store) -> None:
    publish(store)
    consultation_rules.set_policies(store, SMALL, {"identification": "pseudonymous"}, actor=SECRETARIAT, now=THEN)
    send_three(store)
    found = rows(answers(store, slug=SMALL), f"{SMALL}-answers.csv")
    with store.read() as kept:
        keys = {str(each.id) for each in kept.responses(kept.consultation(SMALL).id)}
    assert [row["case"] for row in found] == ["1", "2", "3"]
    assert len(keys) == 3
    assert "org_name" not in found[0]
    for kind in DATA_FORMATS:
        content = answers(store, kind, slug=SMALL, texts=True)
        with zipfile.ZipFile(io.BytesIO(content)) as packed:
            assert b"Aaa" not in b"".join(packed.read(name) for name in packed.namelist())
    with refused(InvalidInput, "data.no_names"):
        answers(store, slug=SMALL, names=True)
    assert data_out.offer(store, SMALL, actor=SECRETARIAT, language="en").names is False
    assert "no key" in part(answers(store, slug=SMALL), "README.txt")


def test_rows_of_a_pseudonymous_consultation_do_not_stand_as_they_came(store: Store) -> None:
    publish(store)
    consultation_rules.set_policies(store, SMALL, {"identification": "pseudonymous"}, actor=SECRETARIAT, now=THEN)
    orders = set()
    for turn in range(4):
        send_three(store)
        found = rows(answers(store, slug=SMALL), f"{SMALL}-answers.csv")
        orders.add(tuple(row["staff"] for row in found) == ("0", "1", "2") * (turn + 1))
    assert False in orders


def test_a_withdrawn_permission_stands_beside_the_reply(store: Store) -> None:
    publish(store)
    send(store, publish="anon")
    content = answers(store, slug=SMALL)
    (row,) = rows(content, f"{SMALL}-answers.csv")
    assert words_of(content, "publication")[row["publication"]] == "anon"


def test_formulas_of_respondents_are_run_by_no_spreadsheet(store: Store) -> None:
    publish(store)
    send(store, finding='=HYPERLINK("http://x")', org_name="@SUM(1)")
    content = answers(store, slug=SMALL, names=True, texts=True)
    (row,) = rows(content, f"{SMALL}-answers.csv")
    assert (row["finding"], row["org_name"]) == ('\'=HYPERLINK("http://x")', "'@SUM(1)")
    with zipfile.ZipFile(io.BytesIO(answers(store, "xlsx", slug=SMALL, names=True, texts=True))) as packed:
        book = openpyxl.load_workbook(io.BytesIO(packed.read(f"{SMALL}-answers.xlsx")))
    cells = [cell for sheet in book for line in sheet.iter_rows() for cell in line]
    assert "f" not in {cell.data_type for cell in cells}
    assert "'@SUM(1)" in {cell.value for cell in cells}


def test_the_conditions_and_the_consent_stand_in_the_readme(demo_store: Store) -> None:
    told = part(answers(demo_store, words=Words("fr"), names=True), "README.txt")
    assert "J’accepte" in told
    assert Words("fr").translate("What may be done with it") in told
    assert Words("fr").translate("What may be done with it") != "What may be done with it"


@pytest.mark.parametrize("questions", [[], ["region"], ["finding"]])
def test_figures_of_a_frozen_state_are_those_of_then_under_its_number(demo_copy: Store, questions: list[str]) -> None:
    state = snapshots.take(demo_copy, SLUG, actor=SECRETARIAT, now=NOW).record.sha256
    before = figures(demo_copy, questions=questions).content
    with demo_copy.write() as kept:
        for each in kept.responses(kept.consultation(SLUG).id)[:30]:
            kept.save_response(each.id, expected_revision=each.revision, status="withdrawn", updated_at=NOW)
    then = figures(demo_copy, questions=questions, filters=Filters(snapshot=state[:12])).content
    now = figures(demo_copy, questions=questions).content
    name = f"{SLUG}-figures.csv"
    assert rows(then, name) == rows(before, name)
    assert state in part(then, "README.txt")
    assert state not in part(now, "README.txt")
    if rows(now, name):
        assert rows(now, name) != rows(then, name)


def test_what_is_offered_of_a_frozen_state_are_its_questions_and_languages(store: Store) -> None:
    publish(store)
    send(store)
    state = snapshots.take(store, SMALL, actor=SECRETARIAT, now=THEN).record.sha256
    later = FORM.replace(" staff ", " people ").replace("Français (fr)", "Português (pt)")
    publish(store, form=later, accept_changes=True)
    told = {}
    for snapshot in (state, ""):
        found = data_out.offer(store, SMALL, actor=SECRETARIAT, language="en", snapshot=snapshot)
        names = {each.name for each in found.questions}
        told[snapshot] = ({"staff", "people"} & names, "pt" in found.languages)
    assert told == {state: ({"staff"}, False), "": ({"staff", "people"}, True)}
    asked = {"actor": SECRETARIAT, "words": Words("pt"), "now": THEN, "questions": ["region"]}
    take_away.dashboard_file(store, SMALL, "xlsx", filters=Filters(), **asked)  # type: ignore[arg-type]
    with refused(InvalidInput, "data.unknown_language"):
        take_away.dashboard_file(store, SMALL, "xlsx", filters=Filters(snapshot=state), **asked)  # type: ignore[arg-type]


def test_replies_one_by_one_are_of_the_present_alone(demo_copy: Store) -> None:
    state = snapshots.take(demo_copy, SLUG, actor=SECRETARIAT, now=NOW).record.sha256
    with refused(InvalidInput, "data.present_only"):
        answers(demo_copy, filters=Filters(snapshot=state))
    with refused(NotAllowed, "access.denied"):
        answers(demo_copy, actor=REPORT_WRITER, filters=Filters(snapshot=state))


# the command line


@pytest.mark.usefixtures("demo_store")
def test_the_command_writes_protected_figures_and_replies_when_told(
    environment: Callable[[Settings], None],
    demo_settings: Settings,
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
) -> None:
    environment(demo_settings)
    out = tmp_path / "data.zip"
    words = ["data", SLUG, "--format", "sav", "--language", "fr", "--out", str(out)]
    assert main([*words, "--question", "region", "--json"]) == 0
    told = json.loads(capsys.readouterr().out)
    assert told == {"file": str(out), "size_bytes": out.stat().st_size, "audience": "meeting"}
    assert f"{SLUG}-figures.sav" in zipfile.ZipFile(out).namelist()
    assert main([*words, "--answers", "--texts", "--filter", "region=ssa"]) == 0
    assert f"{SLUG}-answers.sav" in zipfile.ZipFile(out).namelist()
    capsys.readouterr()
    for wrong in (["--names"], ["--answers", "--by", "region"], ["--answers", "--audience", "public"], ["--by", "x"]):
        assert main([*words, *wrong]) == 1
    assert main([*words[:-1], str(tmp_path)]) == 1
    assert len(capsys.readouterr().err.splitlines()) == 5
    for more, told in (([], "No frozen state begins with"), (["--answers"], "as they are now")):
        assert main([*words, "--snapshot", "0" * 12, *more]) == 1
        assert told in capsys.readouterr().err


def test_what_was_taken_stands_in_the_log(demo_copy: Store) -> None:
    file = figures(demo_copy, "ddi", questions=["region"])
    take_away.record(demo_copy, file.name, actor=REPORT_WRITER, now=NOW)
    with demo_copy.read() as kept:
        entry = kept.log()[0]
    assert (entry.action, entry.subject) == ("file.taken_away", f"{SLUG}-figures-en-ddi.zip")


def test_the_small_form_has_what_these_tests_rest_on() -> None:
    assert all(name in FORM for name in ("contact_email", "org_name", "finding", "staff"))
