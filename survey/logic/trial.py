"""A form made of nothing but answers, to try expressions on: each answer a question, each list of objects a repeat."""

from collections.abc import Mapping, Sequence
from datetime import datetime

from data.errors import InvalidInput
from survey.logic.form_state import MAX_INSTANCES, FormState, open_form
from survey.questionnaire import Answer, Choice, Group, Kind, Question, Questionnaire, Text

CURRENT = "."
"""The answer of this name is what `.` stands for."""
MAX_DEPTH = 40
"""Deepest nesting of objects among the answers."""
_HERE = "_current"
_MAX_NUMBER = 1e300


def form_of(answers: Mapping[str, object], *, now: datetime) -> FormState:
    """The form in which these answers were given; each is kept as it is, whatever a respondent could have typed.

    answers  name -> text, number, truth, list of codes, an object for a group, or a list of objects for a repeat.
             A name may stand in two groups; ${name} then means the first.
    Raises   InvalidInput answers.not_a_value, answers.name, answers.too_deep, answers.too_many, and
             questionnaire.duplicate_name for two repeats of one name, each with the name of the answer.
    """
    trial = _Trial()
    children = trial.children(answers, "", "", 0)
    questionnaire = Questionnaire(
        title="",
        form_id="data",
        version="",
        languages=(),
        default_language="",
        children=children,
        choice_lists=trial.lists,
    )
    return open_form(questionnaire, trial.kept or {_HERE: ""}, language="", today=now.date(), now=now)


def place_of(answers: Mapping[str, object]) -> str:
    """The key at which an expression over these answers is evaluated."""
    return _HERE if CURRENT in answers else ""


class _Trial:
    """Collects answers by key, and the choices of lists of codes, while it walks over what was given."""

    def __init__(self) -> None:
        self.kept: dict[str, Answer] = {}
        self.lists: dict[str, tuple[Choice, ...]] = {}
        self._names: dict[str, str] = {}
        """The place of each name in the tree: the first of a name keeps it, another has its group before it."""

    def children(
        self, answers: Mapping[str, object], place: str, prefix: str, depth: int
    ) -> tuple[Group | Question, ...]:
        """What stands in one object, at this place of the tree and in the instance that the prefix names."""
        if depth > MAX_DEPTH:
            raise InvalidInput("answers.too_deep", name=place.strip("/").split("/")[0], limit=MAX_DEPTH)
        return tuple(
            self._child(_HERE if written == CURRENT else written, value, place, prefix, depth)
            for written, value in answers.items()
        )

    def _child(self, written: str, value: object, place: str, prefix: str, depth: int) -> Group | Question:
        if not written or set(written) & set("/[]"):
            raise InvalidInput("answers.name", name=written)
        inside = f"{place}/{written}"
        name = written
        while self._names.setdefault(name, inside) != inside:
            name = f"{place}/{name}"
        if isinstance(value, Mapping):
            return Group(name=name, children=self.children(value, inside, prefix, depth + 1))
        if isinstance(value, Sequence) and value and all(isinstance(each, Mapping) for each in value):
            if name != written:
                raise InvalidInput("questionnaire.duplicate_name", name=written)
            if len(value) > MAX_INSTANCES:
                raise InvalidInput("answers.too_many", name=name, limit=MAX_INSTANCES)
            every: dict[str, Group | Question] = {}
            for number, each in enumerate(value, start=1):
                made = self.children(each, inside, f"{prefix}{name}[{number}]/", depth + 1)
                every.update({child.name: child for child in made})
            self.kept[prefix + name] = len(value)
            return Group(name=name, children=tuple(every.values()), repeats=True)
        return self._question(name, value, prefix)

    def _question(self, name: str, value: object, prefix: str) -> Question:
        if isinstance(value, bool):
            self.kept[prefix + name] = "true" if value else "false"
        elif isinstance(value, str) or (isinstance(value, int | float) and abs(value) < _MAX_NUMBER):
            self.kept[prefix + name] = value
        elif isinstance(value, list | tuple) and all(isinstance(code, str) for code in value):
            self.kept[prefix + name] = tuple(value)
            codes = dict.fromkeys((*(choice.name for choice in self.lists.get(name, ())), *value))
            self.lists[name] = tuple(Choice(name=code, label=Text({"": code})) for code in codes)
        elif value is not None:
            raise InvalidInput("answers.not_a_value", name=name)
        return Question(name=name, kind=Kind.HIDDEN, list_name=name if name in self.lists else "")
