"""A clock that jumps: nothing that was saved is lost, and when it is right again everything goes on."""

from datetime import timedelta

import pytest

from data.audit import verify
from data.errors import NotFound, SoundingsError
from data.store import Store
from survey import responses
from tests.small import ANSWERS, NOW, begin, fill, refused


@pytest.mark.parametrize("jump", [timedelta(hours=-3), timedelta(days=-10), timedelta(days=20)])
def test_a_draft_is_saved_and_sent_while_the_clock_jumps(small: Store, jump: timedelta) -> None:
    code = begin(small)
    fill(small, code)
    fill(small, code, {"finding": "While it was wrong."}, now=NOW + jump)
    fill(small, code, {"action_local": "When it was right again."}, now=NOW + timedelta(minutes=1))
    assert responses.submit(small, code, now=NOW + jump).submitted
    sent = responses.resume(small, code, now=NOW).response.submission
    assert (sent["finding"], sent["action_local"]) == ("While it was wrong.", "When it was right again.")
    with small.read() as kept:
        assert verify(kept.log_entries()).holds


def test_a_draft_that_only_the_clock_made_too_old_opens_again(small: Store) -> None:
    code = begin(small)
    fill(small, code)
    late = NOW + timedelta(days=400)
    with refused(NotFound, "response.expired_code"):
        responses.resume(small, code, now=late)
    with pytest.raises(SoundingsError):
        fill(small, code, {"finding": "Too late."}, now=late)
    opened = responses.resume(small, code, now=NOW + timedelta(minutes=1))
    assert opened.state.answers["finding"] == ANSWERS["finding"]
    assert responses.submit(small, code, now=NOW + timedelta(minutes=1)).submitted
