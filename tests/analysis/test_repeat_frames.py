"""What becomes of answers inside repeats: how many there are as a card, and each instance as a row for pandas."""

from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

import pytest

from analysis import microdata, opened_data, quality, review
from analysis.__main__ import main
from analysis.dataset.frame import PERMISSION
from analysis.disclosure import Audience
from data.errors import NotAllowed, NotFound
from data.records import Decision, Flag
from data.settings import Settings
from data.store import Store
from survey import imports, publications
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
| | list_name | name | label::English (en) | label::Français (fr) |
| | yn        | y    | Yes                 | Oui                  |
| | yn        | n    | No                  | Non                  |
| | topic     | a    | Alpha               | Alpha                |
| | topic     | b    | Beta                | Bêta                 |
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
