"""A table of a few replies with every kind of question, for the tests of data files."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import UTC, datetime

import numpy as np

from analysis.data_files.answers import Asked, answers
from analysis.data_files.table import About, DataTable, NumberColumn
from data.records import AnswerValue
from survey.translator import Words
from tests.analysis.consultations import dataset, responses

ABOUT = About(
    consultation="small",
    title="Small consultation: الاستشارة 咨询 été",
    rows="Replies, one row each.",
    made_at=datetime(2027, 2, 1, 12, 30, tzinfo=UTC),
    snapshot="0123456789abcdef" * 4,
    fictional=True,
    protected=False,
    consent="I agree\nto this",
    conditions=("Do not pass it on.",),
)
SUBMISSIONS: tuple[Mapping[str, AnswerValue], ...] = (
    {
        "publish": "named",
        "org": "Southern Cross",
        "region": "s",
        "fields": ("prev", "other"),
        "other": "=1+1",
        "g1": "1",
        "g2": "dk",
        "led": "ns",
        "order": ("care", "prev"),
        "hope": 4,
        "staff": 12,
        "budget": 1234.5,
        "since": "2020-05-01",
        "wish": "السلام\nparix 和平 \"é\" 'x'",
    },
    {"publish": "anon", "org": "North", "region": "n", "fields": ("care",), "g1": "5", "g2": "3", "led": "yes"},
    {"publish": "no", "org": "Nobody"},
)


def table(language: str = "en", *, submissions: tuple[Mapping[str, AnswerValue], ...] = SUBMISSIONS) -> DataTable:
    """The table of these replies with everything in it."""
    data = dataset(responses(*submissions))
    asked = Asked(
        order=np.arange(data.size),
        identified=True,
        questions=(),
        names=True,
        texts=True,
        weights=(("weight_frame", "Weight", np.array([1.5, 0.5, 1.0, *([1.0] * (data.size - 3))])),),
    )
    return answers(data, asked, replace(ABOUT), Words(language))


def codes(of: DataTable) -> dict[str, list[float]]:
    """Name of each column of numbers -> its numbers."""
    return {each.name: each.numbers.tolist() for each in of.columns if isinstance(each, NumberColumn)}
