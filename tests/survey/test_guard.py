"""How often one may ask, and who is taken for a person."""

from contextlib import suppress

import pytest

from data.errors import NotFound, Unavailable
from survey.guard import Guard, counted_as


def wrong(guard: Guard, address: str, slug: str = "", code: str = "response.unknown_code") -> None:
    """A guess that fails."""
    with suppress(NotFound), guard.guessing(address, slug):
        raise NotFound(code)


def right(guard: Guard, address: str, slug: str = "") -> None:
    """A code that opens."""
    with guard.guessing(address, slug):
        pass


@pytest.mark.parametrize(
    ("address", "counted"),
    [
        ("2001:db8:1:2:3:4:5:6", "2001:db8:1:2::/64"),
        ("2001:db8:1:2::9", "2001:db8:1:2::/64"),
        ("::ffff:192.0.2.1", "192.0.2.1"),
        ("192.0.2.1", "192.0.2.1"),
        ("::1", "127.0.0.1"),
        ("127.0.0.1", "127.0.0.1"),
        ("fe80::1%eth0", "fe80::/64"),
        ("testclient", "testclient"),
        ("", ""),
    ],
)
def test_an_address_is_counted_as_its_subscriber(address: str, counted: str) -> None:
    assert counted_as(address) == counted


def test_a_slip_is_no_guess_and_a_right_code_costs_nothing() -> None:
    guard = Guard()
    for _ in range(200):
        wrong(guard, "10.0.0.1", code="response.mistyped_code")
        right(guard, "10.0.0.1")


def test_when_many_addresses_guess_at_one_consultation_each_has_few_tries_left() -> None:
    guard = Guard()
    for number in range(1000):
        wrong(guard, f"10.1.{number // 100}.{number % 100}", "small")
    for _ in range(5):
        wrong(guard, "10.0.0.1", "small")
    with pytest.raises(Unavailable):
        right(guard, "10.0.0.1", "small")
    right(guard, "10.0.0.1", "another")
    right(guard, "10.0.0.2", "small")


def test_a_page_is_read_for_a_second_to_the_millisecond(monkeypatch: pytest.MonkeyPatch) -> None:
    guard = Guard()
    moment = 1_800_000_000.999
    monkeypatch.setattr("survey.guard.time.time", lambda: moment)
    monkeypatch.setattr("survey.guard.time.time_ns", lambda: int(moment * 1e9))
    token = guard.token("light/small")
    moment += 0.9
    assert not guard.is_human(token, "", "light/small")
    moment += 0.2
    assert not guard.is_human(token, "http://spam.example", "light/small")
    assert not guard.is_human(token, "", "light/other")
    assert not guard.is_human(token, "", "app/small")
    assert not Guard().is_human(token, "", "light/small")
    assert [guard.is_human(token, "", "light/small") for _ in range(4)] == [True, True, True, False]


def test_without_limits_nobody_is_held_up() -> None:
    guard = Guard(on=False)
    for _ in range(300):
        guard.require_calm("10.0.0.1", "begin", "code")
        wrong(guard, "10.0.0.1", "small")
    right(guard, "10.0.0.1", "small")


@pytest.mark.parametrize("token", ["", ".", "é", "1.2.é", "\ud800.2.\ud800", "1.\u0663.0"])
def test_a_token_of_any_signs_is_refused_without_an_error(token: str) -> None:
    assert not Guard().is_human(token, "", "light/small")
