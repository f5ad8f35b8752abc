"""How often one may ask, and who is taken for a person."""

import threading
import time
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


def right(guard: Guard, address: str, slug: str = "", code: str | None = None) -> None:
    """A code that opens."""
    with guard.guessing(address, slug, code):
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


def test_only_what_an_address_opened_before_it_was_held_up_goes_on_there(monkeypatch: pytest.MonkeyPatch) -> None:
    """A right code that nobody opened there is held up like a wrong one: else a guesser learns that it is right."""
    guard = Guard()
    right(guard, "10.0.0.1", code="K7QF-9M2X-4TZP0")
    guard.opened("10.0.0.1", "NEWK-9M2X-4TZP0")  # begun there
    with suppress(NotFound), guard.guessing("10.0.0.1", code="WR0N-G000-00000"):
        raise NotFound("response.unknown_code")
    for _ in range(59):
        wrong(guard, "10.0.0.1")
    right(guard, "10.0.0.1", code="k7qf 9m2x 4tzpo")
    right(guard, "10.0.0.1", code="NEWK-9M2X-4TZP0")
    right(guard, "10.0.0.1", code="")  # nothing is tried
    for code in ("WR0N-G000-00000", "AN0T-HER0-00000"):
        with refused(Unavailable, "request.too_many_guesses"):
            right(guard, "10.0.0.1", code=code)
    for _ in range(60):
        wrong(guard, "10.0.0.2")
    with refused(Unavailable, "request.too_many_guesses"):
        right(guard, "10.0.0.2", code="K7QF-9M2X-4TZP0")  # opened elsewhere
    later = time.monotonic() + 24 * 3600
    monkeypatch.setattr("survey.guard.time.monotonic", lambda: later)
    for _ in range(60):
        wrong(guard, "10.0.0.1")
    with refused(Unavailable, "request.too_many_guesses"):
        right(guard, "10.0.0.1", code="K7QF-9M2X-4TZP0")


@pytest.mark.parametrize(
    ("code", "is_right"),
    [
        ("response.expired_code", True),
        ("response.erased", True),
        ("response.erased_from_trash", True),
        ("response.deleted", True),
        ("response.not_visible", True),
        ("response.not_begun", True),
        ("response.mistyped_code", False),
        ("response.unknown_code", False),
        ("invitation.unknown_link", False),
        ("consultation.unknown", False),  # found before the code is looked at
    ],
)
def test_a_right_code_that_opens_nothing_any_more_is_remembered_too(code: str, is_right: bool) -> None:
    guard = Guard()
    with suppress(NotFound), guard.guessing("10.0.0.1", code="K7QF-9M2X-4TZP0"):
        raise NotFound(code)
    with suppress(Unavailable):
        for _ in range(60):
            wrong(guard, "10.0.0.1")
    if is_right:
        right(guard, "10.0.0.1", code="K7QF-9M2X-4TZP0")
    else:
        with refused(Unavailable, "request.too_many_guesses"):
            right(guard, "10.0.0.1", code="K7QF-9M2X-4TZP0")


def test_who_is_held_up_is_told_for_how_long(monkeypatch: pytest.MonkeyPatch) -> None:
    guard, moment = Guard(), [time.monotonic()]
    monkeypatch.setattr("survey.guard.time.monotonic", lambda: moment[0])
    for _ in range(60):
        wrong(guard, "10.0.0.1")
    for passed, minutes in ((0, 60), (1800, 30), (1740, 1)):
        moment[0] += passed
        with pytest.raises(Unavailable) as caught:
            right(guard, "10.0.0.1")
        assert caught.value.params["minutes"] == minutes
    moment[0] += 61
    right(guard, "10.0.0.1")


def test_no_more_codes_are_remembered_than_there_is_room_for(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("survey.guard.MOST_OPENED", 2)
    guard = Guard()
    for code in ("A000", "B000", "A000", "C000"):
        guard.opened("10.0.0.1", code)
    for _ in range(60):
        wrong(guard, "10.0.0.1")
    for code in ("A000", "C000"):
        right(guard, "10.0.0.1", code=code)
    with refused(Unavailable, "request.too_many_guesses"):
        right(guard, "10.0.0.1", code="B000")


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
