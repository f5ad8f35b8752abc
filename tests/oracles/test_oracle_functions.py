"""Every function of ours against the three engines: what differs stands in `differences.py`, with its reason."""

import pytest

from survey.logic.functions import FUNCTIONS
from tests.oracles import ours
from tests.oracles.comparing import alike, shown
from tests.oracles.differences import DIFFERENCES, REASONS
from tests.oracles.engines import NAMES, Engine, Refused
from tests.oracles.expressions import ALL, ANSWERS
from tests.oracles.test_forms import COUNTED_TABLE

NOT_ASKED = {"pulldata", "jr:itext"}
"""They need attached tables and languages, which these forms have not."""

pytestmark = pytest.mark.long


def test_every_expression_gives_what_the_engines_give_or_a_reason_is_written_down(engines: dict[str, Engine]) -> None:
    results = {"ours": ours.evaluate(ALL, ANSWERS)}
    results |= {name: engines[name].evaluate(ALL, ANSWERS) for name in NAMES}
    wrong = []
    for number, expression in enumerate(ALL):
        row = {name: result[number] for name, result in results.items()}
        if not _as_written(expression, row):
            wrong.append(f"{expression}: " + ", ".join(f"{name} {shown(result)}" for name, result in row.items()))
    assert wrong == []


def _as_written(expression: str, row: dict[str, str | Refused]) -> bool:
    """True when all agree and nothing is written down, or each says what is written down."""
    known = DIFFERENCES.get(expression)
    agreed = all(alike(row["ours"], row[name]) for name in NAMES)
    if known is None or agreed:
        return known is None and agreed
    return all(alike(result, getattr(known, name)) for name, result in row.items())


def test_every_difference_has_a_reason_and_is_asked() -> None:
    assert {difference.reason for difference in DIFFERENCES.values()} == set(REASONS)
    assert set(DIFFERENCES) - set(ALL) == set()


def test_every_function_of_ours_is_asked() -> None:
    asked = " ".join([*ALL, COUNTED_TABLE])
    assert {name for name in FUNCTIONS if f"{name}(" not in asked} == NOT_ASKED
