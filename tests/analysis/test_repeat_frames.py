"""What becomes of answers inside repeats: how many there are as a card, and each instance as a row for pandas."""

from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

import pandas as pd
import pytest

from analysis import microdata, opened_data, quality, review, snapshots
from analysis.__main__ import main
from analysis.dataset.frame import PERMISSION
from analysis.disclosure import Audience
from data.analysis_records import Decision, Flag
from data.errors import NotAllowed, NotFound
from data.settings import Settings
from data.store import Store
from survey import erasure, imports, publications
from survey.access import OPERATOR, Actor, ActorKind, Role
from survey.xlsform.sheets import from_markdown

FORM = """
| survey |
| | type                  | name    | label::English (en) | label::Français (fr) |
| | text                  | head    | Name                | Nom                  |
| | begin repeat          | project | Project             | Projet               |
| | text                  | title   | Title               | Titre                |
| | select_one yn         | money   | Funded?             | Financé ?            |
| | select_multiple topic | topics  | Topics              | Thèmes               |
| | rank topic            | order   | Order               | Ordre                |
| | integer               | year    | Year                | Année                |
| | text                  | contact_email | E-mail        | Courriel             |
| | begin repeat          | partner | Partner             | Partenaire           |
| | text                  | pname   | Its name            | Son nom              |
| | end repeat            |
| | end repeat            |
| choices |
| | list_name | name | label::English (en) | label::Français (fr) | exclusive |
| | yn        | y    | Yes                 | Oui                  |
| | yn        | n    | No                  | Non                  |
| | topic     | a    | Alpha               | Alpha                |
| | topic     | b    | Beta                | Bêta                 |
| | topic     | dk   | Don't know          | Ne sait pas          | no |
"""
ROWS = (
    b"head,project[1]/title,project[1]/money,project[1]/topics,project[1]/order,project[1]/year,"
    b"project[1]/contact_email,project[2]/title,project[2]/money,project[2]/partner[2]/pname\n"
    b"Ana,One,y,a b,b a,2020,ana@example.org,Two,n,Zoe\n"
    b"Ben,Three,,,,,,,,\n"
)
NOW = datetime(2026, 9, 15, 12, 0, tzinfo=UTC)


@pytest.fixture
def replies(store: Store) -> Store:
    """Two replies with three projects."""
    publications.publish(store, from_markdown(FORM), slug="p", title={"en": "P"}, actor=OPERATOR, now=NOW)
    imports.import_responses(store, "p", imports.read_csv(ROWS), actor=OPERATOR, now=NOW)
    return store


def test_each_instance_is_a_row(replies: Store) -> None:
    table = microdata.frame(replies, "p", actor=OPERATOR, language="fr", now=NOW, repeat="project")
    assert table.index.names == ["response_id", "project"]
    assert [place for _, place in table.index] == [1, 2, 1]
    assert list(table["title"]) == ["One", "Two", "Three"]
    assert list(table["money"].fillna("")) == ["Oui", "Non", ""]
    assert list(table["topics/b"].fillna(False)) == [True, False, False]
    assert list(table["order/a"].fillna(0)) == [2, 0, 0]
    assert table["year"].sum() == 2020
    assert table.attrs["labels"]["title"] == "Titre"
    assert "contact_email" not in table
    assert set(table[PERMISSION]) == {"no"}


def test_choices_that_are_no_answer_are_no_options_of_an_instance(replies: Store) -> None:
    rows = ROWS.replace(b"y,a b,b a", b"y,dk,dk").replace(b"Ben,Three,,,", b"Ben,Three,,dk b,dk b")
    imports.import_responses(replies, "p", imports.read_csv(rows), actor=OPERATOR, now=NOW)
    table = microdata.frame(replies, "p", actor=OPERATOR, language="en", now=NOW, repeat="project")
    assert [name for name in table if "/" in name] == [
        "topics/a",
        "topics/b",
        "order/a",
        "order/b",
        *table.columns[-2:],
    ]
    assert table["topics/b"].tolist()[3:] == [pd.NA, pd.NA, True]
    assert table["order/b"].tolist()[3:] == [pd.NA, pd.NA, 1]


def test_each_instance_of_a_reply_that_does_not_count_is_marked(replies: Store) -> None:
    (first, *_others) = microdata.frame(replies, "p", actor=OPERATOR, language="en", now=NOW).index
    decide = {"reason": "Seen", "actor": OPERATOR, "now": NOW}
    quality.decide_replies(replies, "p", Flag.SPEEDING, [(first, 0)], Decision.EXCLUDED, **decide)
    table = microdata.frame(replies, "p", actor=OPERATOR, language="en", now=NOW, repeat="project")
    assert list(table[microdata.EXCLUDED]) == [True, True, False]
    inside = microdata.frame(replies, "p", actor=OPERATOR, language="en", now=NOW, repeat="partner")
    assert list(inside[microdata.EXCLUDED]) == [True, True, True, False]
    assert table.attrs["source"]["consultation"] == "p"


def test_a_repeat_inside_has_a_table_of_its_own(replies: Store) -> None:
    table = microdata.frame(replies, "p", actor=OPERATOR, language="en", now=NOW, repeat="partner")
    assert table.index.names == ["response_id", "project", "partner"]
    assert [key[1:] for key in table.index] == [(1, 1), (2, 1), (2, 2), (1, 1)]
    assert list(table["pname"].fillna("")) == ["", "", "Zoe", ""]


def test_how_many_there_are_is_a_card_and_a_column(replies: Store) -> None:
    table = microdata.frame(replies, "p", actor=OPERATOR, language="en", now=NOW)
    assert list(table["project"]) == [2, 1]
    filters = opened_data.Filters()
    cards = review.cards(
        replies, "p", actor=OPERATOR, audience=Audience.INTERNAL, language="en", filters=filters, now=NOW
    )
    assert "Project (how many)" in [card.label for card in cards]


def test_contact_data_of_an_instance_lie_apart(replies: Store) -> None:
    with replies.read() as kept:
        responses = kept.responses(kept.consultation("p").id)
        assert "ana@example.org" not in str([dict(each.submission) for each in responses])
        assert [kept.contact(each.id) for each in responses] == [{"project[1]/contact_email": "ana@example.org"}, {}]


def test_the_instances_of_a_frozen_state_are_those_of_then_with_the_words_that_stand(replies: Store) -> None:
    taken = snapshots.take(replies, "p", actor=OPERATOR, now=NOW).record
    rows = ROWS.replace(b"Ana,One,y,a b,b a,2020", b"Eve,Four,n,a,a b,2021")
    imports.import_responses(replies, "p", imports.read_csv(rows), actor=OPERATOR, now=NOW)
    asked = {"actor": OPERATOR, "language": "en", "now": NOW, "repeat": "project"}
    then = microdata.frame(replies, "p", snapshot=taken.sha256, **asked)  # type: ignore[arg-type]
    assert list(then["title"]) == ["One", "Two", "Three"]
    assert len(microdata.frame(replies, "p", **asked)) == 6  # type: ignore[arg-type]
    with replies.read() as kept:
        first = kept.responses(kept.consultation("p").id)[0]
    erasure.erase_by_reference(replies, "p", first.reference, actor=OPERATOR, now=NOW)
    left = microdata.frame(replies, "p", snapshot=taken.sha256, **asked)  # type: ignore[arg-type]
    assert (list(left["title"]), left.attrs["source"]["gone"]) == (["Three"], 1)


def test_options_of_an_instance_are_those_of_all_versions(replies: Store) -> None:
    shorter = FORM.replace("| | topic     | b    | Beta                | Bêta                 |\n", "")
    publications.publish(
        replies, from_markdown(shorter), slug="p", title={"en": "P"}, actor=OPERATOR, now=NOW, accept_changes=True
    )
    table = microdata.frame(replies, "p", actor=OPERATOR, language="en", now=NOW, repeat="project")
    options = [name for name in table if name.startswith(("topics/", "order/"))]
    assert options == ["topics/a", "topics/b", "order/a", "order/b"]
    assert list(table["order/b"].fillna(0)) == [1, 0, 0]


def test_only_who_may_see_everything_gets_it(replies: Store) -> None:
    reader = Actor(kind=ActorKind.PERSON, person_id=1, login="r", role=Role.REPORT_WRITER)
    with pytest.raises(NotAllowed):
        microdata.frame(replies, "p", actor=reader, language="en", now=NOW, repeat="project")
    with pytest.raises(NotFound, match=r"frame.unknown_repeat"):
        microdata.frame(replies, "p", actor=OPERATOR, language="en", now=NOW, repeat="head")


def test_the_command_writes_it(
    replies: Store,
    settings: Settings,
    environment: Callable[[Settings], None],
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
) -> None:
    environment(settings)
    out = tmp_path / "projects.parquet"
    assert main(["frame", "p", "--out", str(out), "--repeat", "project"]) == 0
    assert "3 rows" in capsys.readouterr().out
    assert main(["frame", "p", "--out", str(out), "--repeat", "nothing"]) == 1
    assert "There is no repeat nothing." in capsys.readouterr().err
