"""Work beside a visit: asked for again until it is there, given out once, its errors too."""

import threading

import pytest

from analysis import beside
from data.errors import NotFound
from tests.small import refused


def test_who_does_not_wait_comes_back_for_it_and_the_next_one_has_it_made_anew() -> None:
    may_end, made = threading.Event(), list[int]()

    def make() -> int:
        may_end.wait(10)
        made.append(len(made))
        return len(made)

    assert beside.worked_out("work", make, 0) is None
    assert beside.worked_out("work", make, 0) is None
    assert not beside.is_over("work")
    may_end.set()
    assert beside.worked_out("work", make, None) == 1
    assert beside.is_over("work")
    assert beside.worked_out("work", make, None) == 2


def test_what_nobody_came_back_for_is_not_told_later(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(beside, "FRESH_SECONDS", 0.0)
    assert beside.worked_out("left", lambda: threading.Event().wait(0.2), 0) is None
    while not beside.is_over("left"):
        threading.Event().wait(0.02)
    assert beside.worked_out("left", lambda: "of today", None) == "of today"


def test_another_visitor_has_work_of_its_own() -> None:
    assert beside.worked_out(("work", "ann"), lambda: "hers", None) == "hers"
    assert beside.worked_out(("work", "bob"), lambda: "his", None) == "his"


def test_what_fails_is_told_to_who_asked_and_tried_anew() -> None:
    def fail() -> int:
        raise NotFound("consultation.unknown")

    with refused(NotFound, "consultation.unknown"):
        beside.worked_out("work", fail, None)
    assert beside.worked_out("work", lambda: 3, None) == 3
