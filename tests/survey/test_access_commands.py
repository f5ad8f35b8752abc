"""`python -m survey grant`, `revoke`, `access`, `role`: they act as the operator and are logged."""

import json
from collections.abc import Callable
from typing import Any

import pytest

from data.settings import Settings
from data.store import Store
from survey import people
from survey.__main__ import main
from survey.access import OPERATOR, Role
from tests.small import NOW, SLUG


@pytest.fixture(autouse=True)
def _chosen(environment: Callable[[Settings], None], settings: Settings, small: Store) -> None:
    environment(settings)
    for login, role in (("ada", Role.MEMBER), ("carl", Role.SECRETARIAT)):
        token = people.invite(small, login=login, name=login, role=role, actor=OPERATOR, now=NOW)
        people.accept_link(small, token, login="", name="", password="a long enough one", now=NOW)


def printed(capsys: pytest.CaptureFixture[str], *arguments: str) -> Any:
    assert main([*arguments, "--json"]) == 0
    captured = capsys.readouterr()
    assert captured.err == ""
    return json.loads(captured.out)


def test_a_role_is_granted_listed_and_revoked(capsys: pytest.CaptureFixture[str], small: Store) -> None:
    given = {"login": "ada", "role": "analyst", "everywhere": False, "regions": ["n"], "languages": None}
    assert printed(capsys, "grant", "ada", SLUG, "--role", "analyst", "--region", "n") == given
    secretariat = {"login": "carl", "role": "secretariat", "everywhere": True, "regions": None, "languages": None}
    assert printed(capsys, "access", SLUG) == [given, secretariat]
    assert main(["access", SLUG]) == 0
    assert capsys.readouterr().out == "ada\tanalyst\tregions: n\ncarl\tsecretariat\tevery consultation\n"
    assert printed(capsys, "revoke", "ada", SLUG) == {"login": "ada", "role": None}
    assert printed(capsys, "access", SLUG) == [secretariat]
    with small.read() as kept:
        acts = [(each.actor, each.action, each.subject) for each in kept.log()][:2]
    assert acts == [("operator", "role.revoked", f"{SLUG}/ada"), ("operator", "role.granted", f"{SLUG}/ada")]


def test_what_somebody_is_everywhere_is_changed(capsys: pytest.CaptureFixture[str], small: Store) -> None:
    assert printed(capsys, "role", "carl", "member") == {"login": "carl", "role": "member"}
    assert printed(capsys, "access", SLUG) == []


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (("grant", "ada", SLUG, "--role", "viewer", "--region", "mars"), "There is no region mars here"),
        (("grant", "ada", SLUG, "--role", "viewer", "--language", "tlh"), "no language tlh"),
        (("grant", "nobody", SLUG, "--role", "viewer"), "There is no such account."),
        (("grant", "ada", "absent", "--role", "viewer"), "no consultation"),
        (("grant", "carl", SLUG, "--role", "viewer", "--region", "n"), "carl sees more"),
        (("revoke", "ada", SLUG), "ada has no role in small."),
        (("access", "absent"), "no consultation"),
        (("role", "nobody", "member"), "There is no such account."),
    ],
)
def test_what_is_wrong_is_said(arguments: tuple[str, ...], words: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert main([*arguments, "--json"]) == 1
    captured = capsys.readouterr()
    assert captured.out == ""
    assert words in captured.err
