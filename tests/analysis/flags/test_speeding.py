"""The speed index compares each section with its usual time."""

import pytest

from analysis.flags.speeding import fast_replies

USUAL = dict.fromkeys(range(10), (("s1", 60), ("s2", 120), ("s3", 300)))


def test_who_is_twice_as_fast_in_every_section_has_the_index_two() -> None:
    found = fast_replies({**USUAL, 99: (("s1", 30), ("s2", 60), ("s3", 150))})
    (fast,) = found
    assert (fast.response_id, fast.index, fast.seconds, fast.usual_seconds, fast.sections) == (99, 2.0, 240, 480, 3)


def test_one_section_that_was_leafed_through_does_not_decide() -> None:
    leafed = {**USUAL, 99: (("s1", 1), ("s2", 120), ("s3", 300))}
    assert fast_replies(leafed) == ()
    (found,) = fast_replies(leafed, fastest=1.5)
    assert found.index == pytest.approx((3 + 1 + 1) / 3)


def test_without_times_of_others_or_in_one_section_only_nobody_is_fast() -> None:
    assert fast_replies({1: (("s1", 1), ("s2", 1)), 2: (("s1", 100), ("s2", 100))}) == ()
    assert fast_replies({**USUAL, 99: (("s1", 1),)}) == ()
    assert fast_replies({}) == ()
