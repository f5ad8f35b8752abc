"""What an audience may see."""

import pytest

from analysis.disclosure import SUPPRESSED, Audience, policy


def test_internal_readers_see_every_count() -> None:
    assert [policy(Audience.INTERNAL).count(value) for value in (0, 1, 5)] == [0, 1, 5]


@pytest.mark.parametrize("audience", [Audience.MEETING, Audience.PUBLIC])
def test_other_audiences_see_no_count_below_five_and_no_zero(audience: Audience) -> None:
    assert [policy(audience).count(value) for value in (0, 1, 4, 5)] == [SUPPRESSED, SUPPRESSED, SUPPRESSED, 5]
    assert [policy(audience).hides(value) for value in (0, 4, 5)] == [True, True, False]
