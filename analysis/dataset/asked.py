"""Which questions a response was asked: the difference between not asked and skipped.

A submission holds only relevant answers, so the relevance of the unanswered questions is worked out again, with the
form's own logic. Opening a whole form for each response is slow; here each distinct condition is evaluated once for
each distinct combination of the answers it depends on.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from data.records import AnswerValue, ResponseRecord
from survey.logic.compiled_form import CompiledForm, Slot, compile_form, edges_of
from survey.logic.form_state import open_form
from survey.questionnaire import UNASKED_KINDS, Group, Question, Questionnaire, Text

_CLOCK = ("today(", "now(")
_LANGUAGE = "choice-name("
_MOST_KNOWN = 50_000
"""So many combinations of deciding answers are remembered, which keeps memory bounded."""


@dataclass(frozen=True, slots=True, kw_only=True)
class _Condition:
    """Relevance that several questions share.

    witness    the first of them; it stands for all
    questions  their names
    drivers    questions whose answers decide it, sorted; of repeats, how many instances there are
    repeated   True when answers inside repeats are among what decides it, so that all of them are looked at
    """

    witness: str
    questions: frozenset[str]
    drivers: tuple[str, ...]
    repeated: bool


def asked_by_relevance(questionnaires: Mapping[int, Questionnaire]) -> Callable[[ResponseRecord], frozenset[str]]:
    """A function from a response to the names of the questions it was asked, for `build_dataset`.

    questionnaires  version number -> questionnaire; the function raises KeyError for a response of another version.
    Note            dates are judged at the time of submission; random() in a condition cannot be repeated.
    Raises          InvalidInput as `compile_form`.
    """
    versions = {number: _Version(questionnaire) for number, questionnaire in questionnaires.items()}
    return lambda response: versions[response.version_number].asked(response)


class _Version:
    """The conditions of one questionnaire and what they came to for the answers met so far."""

    def __init__(self, questionnaire: Questionnaire) -> None:
        self._conditions = _conditions(questionnaire)
        kept = {name for each in self._conditions for name in (each.witness, *each.drivers)}
        kept |= _computed_between(questionnaire)
        # Lists, constraints and words of all other questions have no say in relevance.
        self._form: CompiledForm = compile_form(
            replace(questionnaire, children=_stripped(questionnaire.children, frozenset(kept)))
        )
        written = " ".join(_expressions(questionnaire.children))
        self._reads_clock = any(call in written for call in _CLOCK)
        self._reads_language = _LANGUAGE in written
        self._repeated = any(each.repeated for each in self._conditions)
        self._known: dict[tuple[object, ...], bool] = {}
        self._all_drivers = tuple(sorted({name for each in self._conditions for name in each.drivers}))
        self._whole: dict[tuple[object, ...], frozenset[str]] = {}

    def asked(self, response: ResponseRecord) -> frozenset[str]:
        """Names of the questions that were relevant when the response was submitted."""
        moment = response.submitted_at or response.updated_at
        context = (moment if self._reads_clock else None, response.language if self._reads_language else "")
        answers = response.submission
        inside = tuple(sorted((key, answer) for key, answer in answers.items() if "[" in key)) if self._repeated else ()
        whole = (context, inside, *map(answers.get, self._all_drivers))
        if (found := self._whole.get(whole)) is not None:
            return found
        keys = [
            (each.witness, context, inside if each.repeated else (), *map(answers.get, each.drivers))
            for each in self._conditions
        ]
        if any(key not in self._known for key in keys):
            self._evaluate(keys, answers, language=response.language, moment=moment)
        found = frozenset().union(
            *(each.questions for each, key in zip(self._conditions, keys, strict=True) if self._known[key])
        )
        if len(self._whole) >= _MOST_KNOWN:
            self._whole.clear()
            self._known = {key: self._known[key] for key in keys}
        self._whole[whole] = found
        return found

    def _evaluate(
        self,
        keys: Sequence[tuple[object, ...]],
        answers: Mapping[str, AnswerValue],
        *,
        language: str,
        moment: datetime,
    ) -> None:
        drivers = {name for each in self._conditions for name in each.drivers}
        known = {key: answer for key, answer in answers.items() if key in drivers or (self._repeated and "[" in key)}
        state = open_form(self._form, known, language=language, today=moment.date(), now=moment)
        for each, key in zip(self._conditions, keys, strict=True):
            group = each.witness in state.form.groups
            self._known[key] = state.group_relevant(each.witness) if group else state.state(each.witness).relevant


def _conditions(questionnaire: Questionnaire) -> tuple[_Condition, ...]:
    edges = edges_of(questionnaire)
    around = questionnaire.repeats_of()
    found: dict[tuple[str, ...], list[str]] = {}

    def walk(children: tuple[Group | Question, ...], above: tuple[str, ...]) -> None:
        for child in children:
            chain = (*above, child.relevant) if child.relevant else above
            if isinstance(child, Group):
                if child.repeats and not around[child.name]:
                    found.setdefault(chain, []).append(child.name)
                walk(child.children, chain)
            elif child.kind not in UNASKED_KINDS and not around[child.name]:
                found.setdefault(chain, []).append(child.name)

    walk(questionnaire.children, ())
    conditions = []
    for names in found.values():
        drivers = _drivers(edges, names[0])
        repeated = any(around[name] for name in drivers)
        conditions.append(_Condition(witness=names[0], questions=frozenset(names), drivers=drivers, repeated=repeated))
    return tuple(conditions)


def _drivers(edges: Mapping[Slot, frozenset[Slot]], question: str) -> tuple[str, ...]:
    """Questions from whose answers the relevance of `question` follows, at any distance."""
    waiting: list[Slot] = [("relevant", question)]
    seen: set[Slot] = set()
    while waiting:
        slot = waiting.pop()
        if slot not in seen:
            seen.add(slot)
            waiting.extend(edges[slot])
    return tuple(sorted(name for part, name in seen if part in ("value", "count")))


def _computed_between(questionnaire: Questionnaire) -> frozenset[str]:
    """Questions that trigger a calculation: the calculation refers to them."""
    names = {question.name for question in questionnaire.questions()}
    return frozenset(name for name in names if any(f"${{{name}}}" in q.trigger for q in questionnaire.questions()))


def _stripped(children: tuple[Group | Question, ...], kept: frozenset[str]) -> tuple[Group | Question, ...]:
    left: list[Group | Question] = []
    for child in children:
        if isinstance(child, Group):
            inside = _stripped(child.children, kept)
            if inside or child.name in kept:
                left.append(replace(child, children=inside))
        elif child.name in kept:
            # A default belongs to an empty form; this one was submitted. Values that nobody types keep theirs.
            default = child.default if child.kind in UNASKED_KINDS else ""
            left.append(
                replace(
                    child,
                    label=Text(),
                    required="",
                    read_only="",
                    constraint="",
                    choice_filter="",
                    default=default,
                    parameters={},
                )
            )
    return tuple(left)


def _expressions(children: tuple[Group | Question, ...]) -> list[str]:
    written: list[str] = []
    for child in children:
        written.append(child.relevant)
        written.extend(_expressions(child.children) if isinstance(child, Group) else (child.calculation,))
    return written
