"""When two names mean the same organisation."""

import pytest

from survey.organisations import same_name


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("Org 1", "ORG  1"),
        ("Org 1", "Org 1."),
        ("Org 1", "Org1"),
        ("Org 1", "Örg 1"),
        ("Org 1", "Org\u200b 1"),
        ("Org 1", "Org\u00a01"),
        ("Médecins Libres", "Medecins Libres"),
        ("Rivers & Lakes", "Rivers – Lakes"),
        ("Hilfe", "Hilfe e. V."),
        ("Hilfe", "Hilfe gGmbH"),
        ("Надёжда", "ООО «Надежда»"),
        ("منظمة الأمل", "منظمة الامل"),
        ("Straße", "STRASSE"),
        ("आशा", "आशा "),
    ],
)
def test_the_same_name_written_otherwise_is_the_same(one: str, other: str) -> None:
    assert same_name(one) == same_name(other)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("Org 1", "Org 2"),
        ("Org 1", "Org 11"),
        ("Refugees SA", "Refugees"),
        ("आशा", "आशी"),
        ("Ltd", "Inc"),
        ("!!", "??"),
    ],
)
def test_another_name_is_another_organisation(one: str, other: str) -> None:
    assert same_name(one) != same_name(other)
