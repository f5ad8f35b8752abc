"""The demo form as far as the generator needs it: the order of its questions, and its "other, please specify"."""

import random
from functools import cache

from data.demo.places import FOLDER, parts, rows

Answers = dict[str, str | int | list[str]]
SPARE_TEXTS = frozenset(
    [
        "work_how",
        "positive",
        "worrying",
        "action_local",
        "action_national",
        "action_regional",
        "action_international",
        "story_yes",
        "story_title",
        "story_text",
        "story_evidence",
        "comments",
    ]
)
"""Optional answers that somebody who answers twice gives only the first time."""


@cache
def question_order() -> dict[str, int]:
    """Name of each question -> its place in the form."""
    return {row["name"]: number for number, row in enumerate(rows(FOLDER / "way_forward_2029" / "survey.csv"))}


@cache
def short_answers() -> dict[tuple[str, str], tuple[str, ...]]:
    """(question, language) -> what people specify after "other"."""
    return {(row["question"], row["language"]): parts(row["texts"]) for row in rows(FOLDER / "short_answers.csv")}


def in_form_order(answers: Answers) -> Answers:
    """The same answers in the order of the form."""
    return dict(sorted(answers.items(), key=lambda item: question_order()[item[0]]))


def add_other(answers: Answers, language: str, rng: random.Random) -> None:
    """Adds "other" to some fields, and says what every "other" is."""
    fields = answers["fields"]
    if isinstance(fields, list) and len(fields) < 5 and rng.random() < 0.04:
        answers["fields"] = [*fields, "other"]
    for question in ("org_type", "fields", "barriers"):
        given = answers.get(question, "")
        if given == "other" or (isinstance(given, list) and "other" in given):
            answers[f"{question}_other"] = rng.choice(short_answers()[f"{question}_other", language])
