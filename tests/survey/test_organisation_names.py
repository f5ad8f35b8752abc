"""One organisation under names in six languages, four scripts, as an acronym, and mistyped."""

from itertools import pairwise

import pytest

from data.store import Store
from survey.duplicates import Likeness, organisation_keys, same_organisations
from survey.organisation_names import initials, is_acronym, meanings, variants
from tests.small import NOW, SLUG, send

COUNCIL = (
    "Youth Council of Kenya",
    "Conseil de la jeunesse du Kenya",
    "Consejo Juvenil de Kenya",
    "Молодёжный совет Кении",
    "مجلس شباب كينيا",
    "肯尼亚青年理事会",
)


@pytest.mark.parametrize("name", COUNCIL)
def test_a_name_says_the_same_in_every_language(name: str) -> None:
    assert meanings(name) == {"youth", "council", "KEN"}


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("Burkina Faso Women Network", "Réseau des femmes du Burkina Faso"),
        ("Союз молодых фермеров Чада", "Union des jeunes agriculteurs du Tchad"),
        ("全国妇女联合会", "National Federation of Women"),
        ("Международная федерация Красного Креста", "Fédération internationale de la Croix-Rouge"),
    ],
)
def test_endings_word_order_and_small_words_make_no_difference(one: str, other: str) -> None:
    assert meanings(one) == meanings(other)


def test_other_organisations_say_something_else() -> None:
    names = ("Youth Council of Kenya", "Youth Council of Chad", "Women's Council of Kenya", "Youth Forum of Kenya")
    for one, other in pairwise(names):
        assert meanings(one) != meanings(other)


def test_what_stands_in_brackets_is_another_name() -> None:
    assert variants("Croix-Rouge (Red Cross)") == ("Croix-Rouge (Red Cross)", "Red Cross", "Croix-Rouge")
    assert variants("UJAT – Union des jeunes") == ("UJAT – Union des jeunes", "UJAT", "Union des jeunes")
    assert (initials("Union des jeunes agriculteurs du Tchad"), initials("Red Cross")) == ("UJAT", "")
    assert (is_acronym("U.J.A.T."), is_acronym("Ujat"), is_acronym("UN")) == (True, False, False)


def groups(store: Store) -> list[tuple[list[str], list[Likeness]]]:
    with store.read() as kept:
        found = same_organisations(kept, kept.consultation(SLUG))
    return [([name for _key, name in each.responses], list(each.reasons)) for each in found]


def keys(store: Store) -> list[str]:
    with store.read() as kept:
        return list(organisation_keys(kept, kept.consultation(SLUG)).values())


def test_replies_under_names_in_six_languages_are_one_group_and_one_voice(small: Store) -> None:
    for number, name in enumerate((*COUNCIL, "Youth Council of Chad")):
        send(small, org_name=name, contact_email=f"{number}@x.example")
    assert groups(small) == [(list(COUNCIL), [Likeness.MEANING])]
    assert len(set(keys(small))) == 2


def test_an_acronym_a_slip_and_an_address_are_hints_and_no_voice_is_taken_for_them(small: Store) -> None:
    send(small, org_name="Union des jeunes agriculteurs du Tchad", contact_email="a@x.example")
    send(small, org_name="UJAT", contact_email="b@x.example")
    send(small, org_name="Southern Crossing Collective", contact_email="c@x.example")
    send(small, org_name="Southern Crosing Collective", contact_email="d@x.example")
    send(small, org_name="Lighthouse", contact_email="E@x.example")
    send(small, org_name="Phare", contact_email="e@x.example")
    assert groups(small) == [
        (["Union des jeunes agriculteurs du Tchad", "UJAT"], [Likeness.ACRONYM]),
        (["Southern Crossing Collective", "Southern Crosing Collective"], [Likeness.SPELLING]),
        (["Lighthouse", "Phare"], [Likeness.ADDRESS]),
    ]
    assert len(set(keys(small))) == 6


def test_the_same_name_is_one_voice_whatever_its_spelling(small: Store) -> None:
    send(small, org_name="Lighthouse", now=NOW)
    send(small, org_name="LIGHT-HOUSE Ltd.", contact_email="other@x.example", now=NOW)
    ((names, reasons),) = groups(small)
    assert (names, reasons[0]) == (["Lighthouse", "LIGHT-HOUSE Ltd."], Likeness.NAME)
    assert len(set(keys(small))) == 1
