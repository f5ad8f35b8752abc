"""Answers of all versions stand under the right question, in every place that shows them."""

from collections import Counter
from pathlib import Path
from tempfile import TemporaryDirectory

import pandas as pd
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from analysis import inventory, microdata, monitoring, open_answers, opened_data, quality, recommendations, review
from analysis.charts.headlines import headline
from analysis.dataset.frame import PERMISSION
from analysis.disclosure import Audience
from analysis.findings.card import Card
from analysis.microdata import EXCLUDED
from analysis.opened_data import Filters
from data.settings import Settings
from data.store import Store, open_store
from survey import imports, invitations, publications, responses
from survey.imported_rows import ImportRow
from survey.translator import Words
from survey.versions.renames import RenameMap
from survey.xlsform.sheets import from_markdown
from tests.databases import copied, dropped
from tests.histories import History, histories
from tests.small import ANSWERS, FORM, NOW, SECRETARIAT, SLUG, begin, fill, publish, send, send_by_link

SWAPPED = FORM.replace(
    "| finding       | Your main finding     | Votre constat", "| recommendation | Your main finding    | Votre constat"
).replace(
    "| recommendation | Your recommendation  | Votre recommandation",
    "| finding        | Your recommendation  | Votre recommandation",
)
SWAP = RenameMap(questions={"finding": "recommendation", "recommendation": "finding"})
INSERTED = FORM.replace(
    "| | text                   | finding       | Your main finding     | Votre constat         |",
    "| | text                   | remark        | Your main finding     | Votre constat         |\n"
    "| | text                   | finding       | What did you find on the way? | Trouvailles   |",
)


def without(row: str) -> str:
    """The form without the one row that has these cells."""
    rows = FORM.splitlines()
    left = [each for each in rows if row not in each]
    assert len(rows) - len(left) == 1
    return "\n".join(left)


def send_without(store: Store, *left_out: str, **answers: object) -> None:
    """Sends a reply to a version that has not got some of the usual questions."""
    code = begin(store)
    usual = {name: answer for name, answer in ANSWERS.items() if name not in left_out}
    fill(store, code, {**usual, **answers})
    responses.submit(store, code, now=NOW)


def frame(store: Store) -> pd.DataFrame:
    return microdata.frame(store, SLUG, actor=SECRETARIAT, language="en", now=NOW)


def words(store: Store, question: str) -> list[str]:
    return [
        quote.text
        for quote in open_answers.quotes(
            store, SLUG, question, actor=SECRETARIAT, audience=Audience.INTERNAL, language="en", filters=Filters()
        )
    ]


def cell(table: pd.DataFrame, column: str) -> list[str]:
    return ["" if pd.isna(value) else str(value) for value in table[column]]


def card(store: Store, question: str) -> dict[str, object]:
    found = review.card(
        store,
        SLUG,
        question,
        actor=SECRETARIAT,
        audience=Audience.INTERNAL,
        language="en",
        filters=Filters(),
        now=NOW,
    )
    return {row.label: row.cell.count for row in found.rows if row.cell.count} | dict(found.base.missing)


def test_two_questions_that_swap_their_names_keep_their_answers(small: Store) -> None:
    """KoboToolbox kpi#2089: after such a redeployment old answers stood in the other question's column."""
    send(small, finding="F1", recommendation="R1")
    publish(small, form=SWAPPED, renames=SWAP)
    send(small, recommendation="F2", finding="R2")
    table = frame(small)
    assert cell(table, "recommendation") == ["F1", "F2"]
    assert cell(table, "finding") == ["R1", "R2"]
    assert table.attrs["labels"]["recommendation"] == "Your main finding"
    assert words(small, "recommendation") == ["F1", "F2"]


def test_a_question_that_is_renamed_while_another_takes_its_place_and_name_keeps_its_answers(small: Store) -> None:
    """KoboToolbox kpi#2089, the second way to it."""
    send(small, finding="F1")
    publish(small, form=INSERTED, renames=RenameMap(questions={"finding": "remark"}))
    send(small, remark="F2", finding="On the way")
    table = frame(small)
    assert (cell(table, "remark"), cell(table, "finding")) == (["F1", "F2"], ["", "On the way"])
    assert table.attrs["versions"] == {"finding": [2]}
    assert words(small, "finding") == ["On the way"]


def test_a_removed_question_stays_with_its_base(small: Store) -> None:
    form = without("| region        |")
    send(small, region="s")
    publish(small, form=form, accept_changes=True)
    send_without(small, "region")
    assert card(small, "region") == {"South": 1, "not_asked": 1, "skipped": 0}
    assert cell(frame(small), "region") == ["South", "not_asked"]
    labels = [each.label for each in inventory.filter_variables(small, SLUG, actor=SECRETARIAT, language="en")]
    assert "Region" in labels


def test_a_question_that_is_new_was_not_asked_before(small: Store) -> None:
    send(small)
    publish(small, form=FORM.replace("| choices |", "| | select_one yn | again | Again? | Encore ? |\n| choices |"))
    send(small, again="yes")
    assert card(small, "again") == {"Yes": 1, "not_asked": 1, "skipped": 0}


def test_a_choice_that_vanished_keeps_its_words_and_renamed_ones_are_joined(small: Store) -> None:
    form = FORM.replace("| | region    | n       |", "| | region    | north   |").replace(
        "| | field     | hr      | Harm reduction      | Réduction            |\n", ""
    )
    send(small, region="n", fields=["prev", "hr"])
    publish(small, form=form, renames=RenameMap(choices={"region": {"n": "north"}}), accept_changes=True)
    send(small, region="north", fields=["prev"], invest_rank=["prev", "other"])
    assert card(small, "region") == {"North": 2, "not_asked": 0, "skipped": 0}
    assert card(small, "fields") == {"Prevention": 2, "Harm reduction": 1, "not_asked": 0, "skipped": 0}


def test_the_newest_version_says_for_all_replies_which_choices_are_no_answer(small: Store) -> None:
    for challenge in ("c1", "c2"):
        send(small, rec_challenge=challenge)
    assert card(small, "rec_challenge") == {"Health": 1, "Rights": 1, "not_asked": 0, "skipped": 0}
    head, row = (
        "| label::Français (fr) |\n| | consent   | agree",
        "| | challenge | c2      | Rights              | Droits               |",
    )
    declared = FORM.replace(head, head.replace("|\n", "| missing |\n")).replace(row, f"{row} not_applicable |")
    publish(small, form=declared)
    send(small, rec_challenge="c2")
    told = {"Health": 1, "not_asked": 0, "skipped": 0, "not_applicable": 2}
    assert card(small, "rec_challenge") == told
    publish(small, form=declared.replace(f"{row} not_applicable |\n", ""), accept_changes=True)
    assert card(small, "rec_challenge") == told


def test_codes_of_countries_are_told_by_the_choices_of_all_versions_together(small: Store) -> None:
    rows = [row for row in FORM.splitlines() if "| | challenge | c2" not in row]
    place = next(number for number, row in enumerate(rows) if "| | challenge | c1" in row)

    def countries(*codes: str) -> str:
        return "\n".join(
            [*rows[:place], *(f"| | challenge | {code} | {code.upper()} | |" for code in codes), *rows[place:]]
        )

    publish(small, form=countries("na", "de", "fr"), accept_changes=True)
    send(small, rec_challenge="na")
    assert card(small, "rec_challenge") == {"not_asked": 0, "skipped": 0, "not_applicable": 1}
    publish(small, form=countries("na", "at", "fr"), accept_changes=True)
    send(small, rec_challenge="na")
    assert card(small, "rec_challenge") == {"NA": 2, "not_asked": 0, "skipped": 0}


def grid_of(store: Store) -> Card:
    return review.card(
        store, SLUG, "m_serv", actor=SECRETARIAT, audience=Audience.INTERNAL, language="en", filters=Filters(), now=NOW
    )


def test_a_scale_point_that_vanished_keeps_its_place_in_the_net_value_and_in_its_sentence(small: Store) -> None:
    for answer in ("2", "2", "2", "3"):
        send(small, serv_prev=answer, serv_hr="1")
    publish(small, form=without("| | adequacy  | 2       |"), accept_changes=True)
    for answer in ("3", "3", "3", "1"):
        send(small, serv_prev=answer, serv_hr="1")
    found = grid_of(small)
    item = found.items[0]
    assert [code for code, _words in found.scale] == [row.code for row in item.rows] == ["1", "2", "3"]
    assert [row.cell.count for row in item.rows] == [1, 3, 4]
    assert (item.net, item.mean) == ((4 - 1) / 8, (1 + 3 * 2 + 4 * 3) / 8)
    assert "“Prevention” (+38" in headline(found, Words("en"))
    side_by_side = quality.with_and_without(small, SLUG, "serv_prev", actor=SECRETARIAT, language="en")
    assert side_by_side.columns[0].figures[-1] == item.net
    assert [line.label for line in side_by_side.lines[:-1]] == ["Not at all", "Partly", "Fully"]


def test_a_scale_point_in_words_that_vanished_stands_where_its_version_had_it(small: Store) -> None:
    form = FORM
    for number, name in (("1", "no"), ("2", "part"), ("3", "full")):
        form = form.replace(f"| | adequacy  | {number}       |", f"| | adequacy  | {name}     |")
    publish(small, form=form, accept_changes=True)
    send(small, serv_prev="part", serv_hr="no")
    shorter = "\n".join(row for row in form.splitlines() if "| adequacy  | part" not in row)
    publish(small, form=shorter, accept_changes=True)
    send(small, serv_prev="full", serv_hr="no")
    found = grid_of(small)
    named = [code for code, _words in found.scale if not code.isdecimal()]
    assert named == ["no", "part", "full"]


def test_words_that_are_no_numbers_stay_apart(small: Store) -> None:
    text = FORM.replace("| | integer                | staff ", "| | text                   | staff ").replace(
        ". >= 0", ""
    )
    publish(small, form=text)
    for staff in ("12", "a dozen"):
        send(small, staff=staff)
    publish(small, form=FORM, accept_changes=True)
    send(small, staff=7)
    table = frame(small)
    assert cell(table, "staff") == ["12.0", "", "7.0"]
    assert cell(table, "staff_v2") == ["", "a dozen", ""]


def test_who_answered_is_known_in_every_version(small: Store) -> None:
    form = FORM.replace("| region        |", "| place         |").replace("| org_name      |", "| body          |")
    send(small, org_name="Southern Cross", region="s")
    publish(small, form=form, renames=RenameMap(questions={"region": "place", "org_name": "body"}))
    send_without(small, "org_name", "region", body="Northern Light", place="n")
    found = open_answers.quotes(
        small, SLUG, "finding", actor=SECRETARIAT, audience=Audience.INTERNAL, language="en", filters=Filters()
    )
    assert [(quote.region, quote.attribution) for quote in found] == [
        ("South", "Southern Cross"),
        ("North", "Northern Light"),
    ]


def test_contact_data_of_no_version_reach_the_analysis(small: Store) -> None:
    send(small)
    publish(
        small,
        form=FORM.replace("contact_email", "reach_us     "),
        renames=RenameMap(questions={"contact_email": "reach_us"}),
    )
    send_without(small, "contact_email", reach_us="me@there.example")
    publish(
        small,
        form=without("| contact_email |"),
        accept_changes=True,
    )
    table = frame(small)
    assert not {"contact_email", "reach_us"} & set(table.columns)
    assert "example" not in table.to_csv()


def test_the_monitor_joins_regions_under_their_present_codes(small: Store) -> None:
    invitations.import_frame(
        small,
        SLUG,
        [{"organisation": "Southern Cross", "region": "s"}, {"organisation": "Northern Light", "region": "n"}],
        actor=SECRETARIAT,
        now=NOW,
    )
    send_by_link(small, "Southern Cross")
    form = FORM.replace("| | region    | s       |", "| | region    | south   |")
    publish(small, form=form, renames=RenameMap(choices={"region": {"s": "south"}}))
    invitations.import_frame(small, SLUG, [{"organisation": "Third", "region": "south"}], actor=SECRETARIAT, now=NOW)
    found = monitoring.progress(small, SLUG, actor=SECRETARIAT, language="en", now=NOW)
    assert [(row.label, row.invited, row.replied) for row in found.coverage] == [("North", 1, 0), ("South", 2, 1)]
    listed = monitoring.invited(small, SLUG, actor=SECRETARIAT, language="en")
    assert [each.region for each in listed] == ["North", "South", "South"]


def test_recommendations_keep_what_they_rest_on(small: Store) -> None:
    send(small, finding="F1", recommendation="R1", rec_challenge="c1")
    (quote,) = open_answers.quotes(
        small, SLUG, "finding", actor=SECRETARIAT, audience=Audience.INTERNAL, language="en", filters=Filters()
    )

    def write(**more: object) -> int:
        values = {"text": "T", "addressee": "A", "level": "local", "challenge": "c1", "finding_ids": ()}
        return recommendations.write_recommendation(
            small,
            SLUG,
            **{**values, **more},
            actor=SECRETARIAT,
            now=NOW,  # type: ignore[arg-type]
        )

    write(answers=[(quote.response_id, "finding")])
    codes = RenameMap(questions=SWAP.questions, choices={"challenge": {"c1": "c2", "c2": "c1"}})
    turned = SWAPPED.replace(
        "| c1      | Health              | Santé", "| c2      | Health              | Santé"
    ).replace("| c2      | Rights ", "| c1      | Rights ")
    publish(small, form=turned, renames=codes)
    (kept,) = recommendations.recommendations(small, SLUG, actor=SECRETARIAT, language="en")
    assert kept.record.answers == ((quote.response_id, "recommendation"),)
    assert kept.answers[0].quote is not None
    assert (kept.answers[0].quote.text, kept.challenge_label) == ("F1", "Health")
    write(
        answers=kept.record.answers,
        challenge=kept.record.challenge,
        recommendation_id=kept.record.id,
        revision=kept.record.revision,
    )
    (again,) = recommendations.recommendations(small, SLUG, actor=SECRETARIAT, language="en")
    assert again.answers[0].quote == kept.answers[0].quote


def test_a_scale_turned_round_means_the_same(small: Store) -> None:
    turned = FORM.replace("| adequacy  | 1       | Not at all ", "| adequacy  | 3       | Not at all ").replace(
        "| adequacy  | 3       | Fully ", "| adequacy  | 1       | Fully "
    )
    send(small, serv_prev="3", serv_hr="1")
    publish(small, form=turned, renames=RenameMap(choices={"adequacy": {"1": "3", "3": "1"}}))
    send(small, serv_prev="1", serv_hr="3")
    assert card(small, "serv_prev")["Fully"] == 2
    assert card(small, "serv_hr")["Not at all"] == 2


def test_the_data_state_tells_one_rename_map_from_another(small: Store) -> None:
    send(small)
    before = opened_data.digest(small, SLUG, actor=SECRETARIAT)
    publish(small, form=SWAPPED, renames=SWAP)
    assert opened_data.digest(small, SLUG, actor=SECRETARIAT) != before


# Random versions through the whole program


def sheet(labels: dict[str, int]) -> str:
    rows = "\n".join(f"| | text | {name} | identity {number} |" for name, number in labels.items())
    return f"| survey |\n| | type | name | label |\n{rows}\n| settings |\n| | form_title | form_id |\n| | T | t |"


@pytest.mark.filterwarnings("ignore")
@settings(max_examples=25, suppress_health_check=list(HealthCheck))
@given(histories(), st.data())
def test_the_joined_table_holds_exactly_the_answers_each_in_its_own_column(
    newest: Settings, history: History, data: st.DataObject
) -> None:
    _forms, maps, identity = history
    with TemporaryDirectory() as folder:
        store = open_store(copied(newest, Path(folder) / "s.db"))
        given_answers: Counter[tuple[str, str]] = Counter()
        drafts: dict[str, set[str]] = {}
        for number, names in identity.items():
            publications.publish(
                store,
                from_markdown(sheet(names)),
                slug=SLUG,
                title={"en": "T"},
                actor=SECRETARIAT,
                now=NOW,
                renames=maps[number],
                accept_changes=True,
            )
            chosen = data.draw(st.lists(st.sampled_from(sorted(names)), unique=True, min_size=1))
            answers = {name: f"identity {names[name]}" for name in chosen}
            imports.import_responses(store, SLUG, [ImportRow(number=1, values=answers)], actor=SECRETARIAT, now=NOW)
            given_answers.update((label, label) for label in answers.values())
            code = begin(store)
            fill(store, code, answers)  # type: ignore[arg-type]
            drafts[code] = set(answers.values())
        for code, values in drafts.items():
            responses.reopen(store, code, now=NOW)
            sent = responses.submit(store, code, now=NOW).response
            assert set(sent.submission.values()) == values
            given_answers.update((label, label) for label in values)
        table = frame(store)
        found = Counter(
            (table.attrs["labels"][name], str(value))
            for name in table.columns
            if name not in ("language", "late", PERMISSION, EXCLUDED)
            for value in table[name].dropna()
        )
        assert found == given_answers
        store.close()
        dropped(Path(folder) / "s.db")
