"""A form made of nothing but answers, to try expressions on: each answer a question, each list of objects a repeat."""

from collections.abc import Mapping, Sequence
from datetime import datetime

from data.errors import InvalidInput
from survey.logic.form_state import FormState, open_form
from survey.questionnaire import Answer, Choice, Group, Kind, Question, Questionnaire, Text

CURRENT = "."
"""The answer of this name is what `.` stands for."""
_HERE = "_current"


def form_of(answers: Mapping[str, object], *, now: datetime) -> FormState:
    """The form in which these answers were given.

    answers  name -> text, number, truth, list of codes, an object for a group, or a list of objects for a repeat.
    Raises   InvalidInput answers.unreadable for a value of another kind.
    """
    kept: dict[str, Answer] = {}
    lists: dict[str, tuple[Choice, ...]] = {}
    children = _children(answers, "", kept, lists)
    questionnaire = Questionnaire(
        title="",
        form_id="data",
        version="",
        languages=(),
        default_language="",
        children=children,
        choice_lists=lists,
    )
    return open_form(questionnaire, kept or {_HERE: ""}, language="", today=now.date(), now=now)


def place_of(answers: Mapping[str, object]) -> str:
    """The key at which an expression over these answers is evaluated."""
    return _HERE if CURRENT in answers else ""


def _children(
    answers: Mapping[str, object], prefix: str, kept: dict[str, Answer], lists: dict[str, tuple[Choice, ...]]
) -> tuple[Group | Question, ...]:
    children: list[Group | Question] = []
    for written, value in answers.items():
        name = _HERE if written == CURRENT else str(written)
        if isinstance(value, Mapping):
            children.append(Group(name=name, children=_children(value, prefix, kept, lists)))
        elif isinstance(value, Sequence) and value and all(isinstance(each, Mapping) for each in value):
            every: dict[str, Group | Question] = {}
            for number, each in enumerate(value, start=1):
                made = _children(each, f"{prefix}{name}[{number}]/", kept, lists)
                every.update({child.name: child for child in made})
            kept[prefix + name] = len(value)
            children.append(Group(name=name, children=tuple(every.values()), repeats=True))
        else:
            children.append(_question(name, value, prefix, kept, lists))
    return tuple(children)


def _question(
    name: str, value: object, prefix: str, kept: dict[str, Answer], lists: dict[str, tuple[Choice, ...]]
) -> Question:
    if isinstance(value, bool):
        kept[prefix + name] = "true" if value else "false"
    elif isinstance(value, int | float):
        kept[prefix + name] = value
        return Question(name=name, kind=Kind.DECIMAL)
    elif isinstance(value, str):
        kept[prefix + name] = value
    elif isinstance(value, list | tuple) and all(isinstance(code, str) for code in value):
        kept[prefix + name] = tuple(value)
        lists[name] = tuple(Choice(name=code, label=Text({"": code})) for code in value)
        return Question(name=name, kind=Kind.SELECT_MULTIPLE, list_name=name)
    elif value is not None:
        raise InvalidInput("answers.unreadable", file=name)
    return Question(name=name, kind=Kind.TEXT)
