"""A questionnaire that is one battery, and replies to it that divide into groups or do not."""

from collections.abc import Sequence
from datetime import UTC, datetime

import numpy as np

from analysis.dataset.arrays import Dataset
from analysis.stats.proportions import FloatArray
from data.records import AnswerValue
from data.store import Store
from survey import imports, publications
from survey.access import OPERATOR
from survey.imported_rows import ImportRow
from survey.questionnaire import Questionnaire
from survey.xlsform.reader import read_questionnaire
from survey.xlsform.sheets import Sheets, from_markdown
from tests.analysis.consultations import dataset, responses
from tests.analysis.stats.planted import planted

RISING = (("1", "Disagree"), ("2", "Neutral"), ("3", "Agree"))
FALLING = (("1", "Agree"), ("2", "Neutral"), ("3", "Disagree"))
NAMED = (("agree", "Agree"), ("disagree", "Disagree"), ("pass", "Pass"), ("dk", "Don't know"))


def sheets(statements: int, scale: Sequence[tuple[str, str]]) -> Sheets:
    """The form whose only group is a battery `views` of statements v0, v1, … over a scale."""
    rows = "\n".join(f"| | select_one scale | v{at} | Statement {at} |" for at in range(statements))
    choices = "\n".join(f"| | scale | {code} | {label} |" for code, label in scale)
    return from_markdown(f"""
| survey |
| | type | name | label::English (en) | appearance |
| | begin group | s1 | Section | |
| | begin group | views | What do you think? | table-list |
{rows}
| | end group | | | |
| | end group | | | |
| choices |
| | list_name | name | label::English (en) |
{choices}
| settings |
| | form_title | form_id | version | default_language |
| | Views | views | 1 | English (en) |
""")


def questionnaire(statements: int, scale: Sequence[tuple[str, str]]) -> Questionnaire:
    """That form, read."""
    return read_questionnaire(sheets(statements, scale))


def answered(votes: FloatArray, agree: str, neither: str, disagree: str) -> list[dict[str, AnswerValue]]:
    """The replies that give these votes by these codes."""
    codes = {1.0: agree, 0.0: neither, -1.0: disagree}
    return [
        {f"v{at}": codes[float(vote)] for at, vote in enumerate(row) if not np.isnan(vote)} for row in votes.tolist()
    ]


def voted(votes: FloatArray, scale: Sequence[tuple[str, str]] = RISING) -> Dataset:
    """Replies with these votes, over a scale whose labels say which code is which."""
    code = {label: name for name, label in scale}
    replies = answered(votes, code["Agree"], code.get("Neutral") or code["Pass"], code["Disagree"])
    return dataset(responses(*replies), questionnaire(votes.shape[1], scale))


def two_camps_published(store: Store, people: int = 120) -> None:
    """A consultation `views` with the replies of two camps."""
    now = datetime(2026, 9, 15, 12, tzinfo=UTC)
    votes, _ = planted(people, 8, 2, held=0.85)
    publications.publish(
        store, sheets(8, NAMED), slug="views", title={"en": "Views"}, actor=OPERATOR, now=now, fictional=True
    )
    rows = [
        ImportRow(number=number, values=values)
        for number, values in enumerate(answered(votes, "agree", "pass", "disagree"), start=2)
    ]
    imports.import_responses(store, "views", rows, actor=OPERATOR, now=now)
