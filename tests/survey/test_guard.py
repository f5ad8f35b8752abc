"""How often one may ask, and who is taken for a person."""

import threading
from contextlib import suppress

import pytest

from data.errors import NotFound, Unavailable
from data.settings import Settings
from data.store import Store, open_store
from survey.guard import SWEEP_SECONDS, Counts, Guard, counted_as
from tests.databases import ON_SERVER
from tests.small import refused


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


def test_a_count_ends_after_its_time_and_leaves_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    moment = 1000.0
    monkeypatch.setattr("survey.guard.time.monotonic", lambda: moment)
    guard = Guard()
    for _ in range(120):
        guard.require_calm("10.0.0.1", "begin")
    moment += 3599
    with refused(Unavailable, "request.too_many"):
        guard.require_calm("10.0.0.1", "begin")
    for number in range(50):
        guard.require_calm(f"10.0.1.{number}", "look")
    moment += 1
    guard.require_calm("10.0.0.1", "begin")
    moment += SWEEP_SECONDS
    guard.require_calm("10.0.0.1", "begin")
    counts = guard._limiter.storage
    assert isinstance(counts, Counts)
    assert len(counts._known) == 1


def test_counting_begins_no_thread() -> None:
    guard, before = Guard(), threading.active_count()
    guard.require_calm("10.0.0.1", "look")
    wrong(guard, "10.0.0.1", "small")
    assert threading.active_count() == before


@pytest.mark.parametrize("token", ["", ".", "é", "1.2.é", "\ud800.2.\ud800", "1.\u0663.0"])
def test_a_token_of_any_signs_is_refused_without_an_error(token: str) -> None:
    assert not Guard().is_human(token, "", "light/small")


@pytest.fixture
def guards(store: Store, settings: Settings) -> tuple[Guard, Guard]:
    """The guards of two processes over one database."""
    return Guard(sharing=store), Guard(sharing=open_store(settings) if ON_SERVER else store)


def test_two_processes_give_an_address_no_more_than_one(guards: tuple[Guard, Guard]) -> None:
    for number in range(120):
        guards[number % 2].require_calm("192.0.2.1", "begin")
        if number == 60:
            for guard in (*guards, *guards):
                guard.tell()
    for guard in (*guards, *guards):
        guard.tell()
    for guard in guards:
        with pytest.raises(Unavailable):
            guard.require_calm("192.0.2.1", "begin")
        guard.require_calm("192.0.2.2", "begin")


def test_wrong_codes_tried_at_one_process_count_at_the_other(guards: tuple[Guard, Guard]) -> None:
    one, other = guards
    for _ in range(60):
        wrong(one, "192.0.2.1")
    right(other, "192.0.2.1")
    one.tell()
    other.tell()
    with pytest.raises(Unavailable):
        right(other, "192.0.2.1")


def test_a_page_drawn_by_one_process_is_sent_to_the_other_and_is_used_up_for_both(
    guards: tuple[Guard, Guard], monkeypatch: pytest.MonkeyPatch
) -> None:
    one, other = guards
    token = one.token("light/small")
    monkeypatch.setattr("survey.guard.LEAST_SECONDS", 0.0)
    assert [guard.is_human(token, "", "light/small") for guard in (one, other, one)] == [True, True, True]
    one.tell()
    other.tell()
    assert not other.is_human(token, "", "light/small")


def test_while_the_database_is_away_a_process_counts_for_itself_and_forgets_nothing(
    guards: tuple[Guard, Guard], store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    def away(*_given: object) -> dict[str, tuple[int, float]]:
        raise Unavailable("store.no_server")

    for _ in range(60):
        guards[0].require_calm("192.0.2.1", "begin")
    with monkeypatch.context() as patch:
        patch.setattr(store, "counted", away)
        guards[0].tell()
    for _ in range(60):
        guards[0].require_calm("192.0.2.1", "begin")
    with pytest.raises(Unavailable, match="request.too_many"):
        guards[0].require_calm("192.0.2.1", "begin")
    guards[0].tell()
    guards[1].require_calm("192.0.2.1", "begin")
    guards[1].tell()
    with pytest.raises(Unavailable):
        guards[1].require_calm("192.0.2.1", "begin")
