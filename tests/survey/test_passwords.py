"""Which passwords are good enough: length, what others try first, names; nothing about kinds of characters."""

import pytest

from data.errors import InvalidInput
from survey import passwords
from tests.small import refused


def require(password: str, *, login: str = "ana@example.org", name: str = "Ana María López", minimum: int = 8) -> None:
    passwords.require_good(password, login=login, name=name, minimum=minimum)


@pytest.mark.parametrize(
    "password",
    [
        "onlysmall letters",
        "ЭтоДлинныйПароль",
        "我们在会议上听到很多声音",
        "emoji 🌍🌍 count",
        "kein Zwang zu Ziffern",
        "x y" * 300,
        "qz8w rk!",
    ],
)
def test_any_script_space_and_length_is_good(password: str) -> None:
    require(password)


@pytest.mark.parametrize(
    ("password", "code"),
    [
        ("7 signs", "password.length"),
        ("ab" * 501, "password.length"),
        ("password123", "password.common"),
        ("PassWord123", "password.common"),
        ("1234567890", "password.common"),
        ("qwertyuiop", "password.common"),
        ("ｐａｓｓｗｏｒｄ１２３", "password.common"),
        ("aaaaaaaaaaaa", "password.common"),
        ("abababababab", "password.common"),
        ("my soundings word", "password.is_product"),
        ("ana@example.org", "password.is_name"),
        ("x Ana María López", "password.is_name"),
    ],
)
def test_a_password_that_others_try_first_is_refused(password: str, code: str) -> None:
    with refused(InvalidInput, code):
        require(password)


def test_the_local_part_of_an_address_is_a_name_too() -> None:
    with refused(InvalidInput, "password.is_name"):
        require("maria.lopez 2026", login="maria.lopez@example.org")
    require("bonfire on the hill", login="bo", name="Bo")


def test_the_setting_asks_for_more_characters() -> None:
    with refused(InvalidInput, "password.length") as caught:
        require("thirteen sign", minimum=15)
    assert caught.value.params == {"minimum": 15, "maximum": 1000}


def test_one_password_however_its_letters_are_composed() -> None:
    composed, decomposed = "caf\u00e9 en h\u00e2te", "cafe\u0301 en ha\u0302te"
    kept = passwords.hash_of_password(composed)
    assert passwords.matches(decomposed, kept)
    assert not passwords.matches("cafe en hate", kept)
    assert kept.startswith("$argon2id$")


def test_nothing_is_cut_off_a_long_password() -> None:
    kept = passwords.hash_of_password("x" * 999 + "a")
    assert passwords.matches("x" * 999 + "a", kept)
    assert not passwords.matches("x" * 999 + "b", kept)
    assert not passwords.matches("x" * 999, kept)


def test_no_password_opens_an_account_without_one() -> None:
    assert not passwords.matches("!", passwords.NONE)
    assert not passwords.matches("a password that nobody has", "")


@pytest.mark.parametrize("kept", [None, passwords.NONE])
def test_an_account_that_is_none_takes_one_comparison_as_dear_as_any_other(
    kept: str | None, monkeypatch: pytest.MonkeyPatch
) -> None:
    dear = passwords.hash_of_password("anything")
    compared: list[str] = []

    class Noted:
        def verify(self, password_hash: str, _password: str) -> bool:
            compared.append(password_hash)
            return True

    monkeypatch.setattr(passwords, "_hasher", Noted())  # without `hash`: nothing is hashed while somebody waits
    assert not passwords.matches("a password that nobody has", kept)
    assert [each.split("$")[:4] for each in compared] == [dear.split("$")[:4]]
