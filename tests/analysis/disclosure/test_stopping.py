"""What nobody wants any more is not worked out to its end."""

import numpy as np
import pytest

from analysis.disclosure.stopping import Abandoned, go_on, while_wanted
from analysis.disclosure.suppression import suppress
from analysis.disclosure.system import grid


def test_what_to_hide_is_given_up_once_nobody_wants_it_and_worked_out_when_somebody_does() -> None:
    table = grid(np.array([[3, 12, 31], [14, 2, 45], [23, 33, 4], [41, 52, 61]]), 5)
    with while_wanted(lambda: False), pytest.raises(Abandoned):
        suppress(table)
    assert suppress(table).hidden


def test_work_of_which_nothing_is_said_is_wanted() -> None:
    with while_wanted(lambda: True):
        go_on()
    go_on()
