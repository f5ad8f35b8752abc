"""Personal codes, references and tokens."""

import re
from itertools import combinations

import pytest

from survey.codes import MOST_TYPED, hash_of, mistyped, new_code, new_reference, new_token, normalised

ALPHABET = "[0-9A-HJKMNP-TV-Z]"


def test_codes_and_references_have_their_shapes() -> None:
    assert all(re.fullmatch(rf"{ALPHABET}{{4}}(-{ALPHABET}{{4}}){{2}}{ALPHABET}", new_code()) for _ in range(200))
    assert all(re.fullmatch(rf"R-{ALPHABET}{{4}}-{ALPHABET}{{4}}", new_reference()) for _ in range(200))


def test_no_two_are_alike() -> None:
    assert len({make() for make in (new_code, new_reference, new_token) for _ in range(500)}) == 1500


@pytest.mark.parametrize(
    "typed", ["A10V-B1C0-DEFG", "a10v-b1c0-defg", " aIOu bLco defg ", "A1OU.B1CO/DEFG", "alov—bico–defg"]
)
def test_a_code_survives_case_spaces_and_look_alike_letters(typed: str) -> None:
    assert normalised(typed) == "A10VB1C0DEFG"


def test_a_code_that_was_made_is_its_own_normal_form() -> None:
    code = new_code()
    assert normalised(code) == code.replace("-", "")


def test_a_hash_is_sha_256() -> None:
    assert hash_of("abc") == "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"


SIGNS = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"


def test_a_code_that_was_made_is_not_mistyped() -> None:
    codes = [new_code() for _ in range(500)]
    assert [code for code in codes if mistyped(code) or mistyped(code.lower().replace("-", " "))] == []


def test_every_single_wrong_sign_is_noticed() -> None:
    for _ in range(20):
        code = normalised(new_code())
        slips = [code[:at] + sign + code[at + 1 :] for at in range(13) for sign in SIGNS if sign != code[at]]
        assert len(slips) == 13 * 31
        assert [slip for slip in slips if not mistyped(slip)] == []


def test_every_exchange_of_two_signs_is_noticed() -> None:
    for _ in range(100):
        code = normalised(new_code())
        for one, other in combinations(range(13), 2):
            signs = list(code)
            signs[one], signs[other] = signs[other], signs[one]
            assert mistyped("".join(signs)) is (code[one] != code[other])


@pytest.mark.parametrize("code", ["", "K7QF-9M2X-4TZP", "K7QF-9M2X-4TZ", "K7QF-9M2X-4TZPVV", "Ж" * 13])
def test_of_a_code_without_a_check_sign_nothing_is_said(code: str) -> None:
    assert mistyped(code) is False


def test_of_a_long_text_only_the_beginning_is_looked_at() -> None:
    code = new_code()
    assert normalised("- ".join(code)) == normalised(code)
    assert len(normalised("A" * 2_000_000)) == MOST_TYPED
