"""A response in the making: what is asked, what is valid and what would be sent, after every answer.

`open_form` takes all answers at once, `FormState.set` one at a time and recomputes only what depends on it. Nothing
is saved here and no words are made here: an `Issue` carries a code, its parameters and the form author's own message.
Answers are known by their key: the question's name, inside repeats as `survey.logic.instances` tells.
"""

import math
import re
from collections.abc import Container, Iterable, Iterator, Mapping
from datetime import date, datetime
from heapq import heappop, heappush
from random import Random

from data.errors import InvalidInput
from survey.logic.answers import cleaned, coerce
from survey.logic.compiled_form import CompiledForm, CompiledQuestion, Items, Job, Slot, compile_form
from survey.logic.dates import iso_date, iso_moment
from survey.logic.definitions import Definition, read_by, root_names
from survey.logic.expression import EvaluationContext, Expression, ExpressionError, Value, compile_expression, parse
from survey.logic.form_nodes import FormNode, ItemNode, TableNode, instances
from survey.logic.functions import date_, shuffled
from survey.logic.instances import asked, name_of, prefix_of, split
from survey.logic.judgement import Issue, QuestionState, faults_of
from survey.logic.typed_numbers import PROGRAMS
from survey.logic.values import Node, Scalar, from_answer, scalar, to_answer, to_boolean, to_number, to_text
from survey.questionnaire import (
    LIST_KINDS,
    UNASKED_KINDS,
    Answer,
    Choice,
    Group,
    Kind,
    Question,
    Questionnaire,
    Text,
)

__all__ = ["MAX_ALL_INSTANCES", "MAX_INSTANCES", "FormState", "Issue", "QuestionState", "open_form"]

MAX_INSTANCES = 200
"""Most instances of a repeat inside one instance of what is around it."""
MAX_ALL_INSTANCES = 2_000
"""Most instances of all repeats of a response together: repeats inside repeats multiply."""
MAX_ALL_STEPS = 1_000_000
"""Most places that all computations after one change may look at together; what comes after has no value."""
_REFERENCE = re.compile(r"(?P<mark>(?:\*{1,3}|_{1,3})?)\$\{\s*(?P<name>[^{}\s]+)\s*\}(?P=mark)")
"""${name}, with the signs of Markdown that emphasise it alone."""
_SETTABLE = frozenset({Kind.HIDDEN, Kind.METADATA, Kind.CALCULATE})
"""Kinds that nobody answers but that keep a value from an earlier opening."""
_DATES = frozenset({Kind.DATE, Kind.DATETIME})
_TRUE = frozenset({"true", "true()", "yes"})


def open_form(
    form: CompiledForm | Questionnaire,
    answers: Mapping[str, Answer] | None = None,
    *,
    language: str,
    today: date,
    now: datetime,
    metadata: Mapping[str, str] | None = None,
    seed: str = "",
) -> "FormState":
    """The form with these answers, everything that follows from them computed.

    answers   as stored. When there are none the response is new and defaults are filled in.
    metadata  values of METADATA questions by what they record ("deviceid"); start and today are known without.
    seed      makes random(), uuid() and shuffled choices differ between responses yet stay the same within one;
              give the response's id.
    Raises    InvalidInput as `compile_form` does.
    """
    compiled = form if isinstance(form, CompiledForm) else compile_form(form)
    return FormState(
        compiled,
        dict(answers or {}),
        language=language,
        today=today,
        now=now,
        metadata=dict(metadata or {}),
        seed=seed,
    )


class FormState:
    """Answers, relevance and computed values of one response; changed only by `set` and by adding and removing."""

    def __init__(
        self,
        form: CompiledForm,
        answers: dict[str, Answer],
        *,
        language: str,
        today: date,
        now: datetime,
        metadata: dict[str, str],
        seed: str,
    ) -> None:
        self.form = form
        self.language = language
        self._today = today
        self._now = now
        self._seed = seed
        self._metadata = metadata
        self._open(answers)

    def _open(self, answers: dict[str, Answer]) -> None:
        self._spent = 0
        """Steps that were needed since the last change or question."""
        self._answers: dict[str, Answer] = dict(answers)
        self._reopening = bool(answers)
        """While it lasts nothing is new, so that no default is filled in."""
        self._faults: dict[str, Issue] = {}
        self._values: dict[str, Scalar] = {}
        self._visible: dict[str, Scalar] = dict.fromkeys(self.form.steady, "")
        self._relevant: dict[str, bool] = dict(self.form.steady)
        self._counts: dict[str, int] = {}
        self._standing = 0
        """The sum of the counts."""
        self._cut: dict[str, int] = {}
        """Repeats that got fewer instances than their count asks for, and how many."""
        self._scopes: dict[tuple[str, ...], tuple[tuple[str, tuple[int, ...]], ...]] = {(): (("", ()),)}
        self._contexts: dict[str, EvaluationContext] = {}
        """By what stands before the names in an instance."""
        self._nodes_at: dict[str, tuple[EvaluationContext, FormNode]] = {}
        self._draw = _Draw(self._seed)
        self._fresh: list[str] = []
        """Keys of new questions whose default is an expression."""
        for compiled in self.form.outside:
            self._take_in(compiled, "", new=not answers)
        for job in self.form.opening:
            self._compute(job)
        self._reopening = False
        self._fill_fresh()

    # Reading

    @property
    def questionnaire(self) -> Questionnaire:
        """The questionnaire that is answered."""
        return self.form.questionnaire

    @property
    def answers(self) -> Mapping[str, Answer]:
        """Everything kept: also answers to questions that are not relevant now, and computed values."""
        return dict(self._answers)

    def state(self, key: str) -> QuestionState:
        """The question as it stands now; KeyError for an unknown key."""
        compiled = self._compiled(key)
        self._spent = 0
        relevant = self._relevant[key]
        choices = self._offered(compiled, key)
        required = relevant and self._holds(compiled.required, key)
        return QuestionState(
            name=key,
            relevant=relevant,
            required=required,
            read_only=compiled.computed or self._holds(compiled.read_only, key),
            value=self._answers.get(key),
            issues=self._issues_of(compiled, key, required=required) if relevant else (),
            choices=choices,
        )

    def is_asked(self, key: str) -> bool:
        """True when the question is relevant and may be answered, as in `state`; KeyError for an unknown key."""
        compiled = self._compiled(key)
        self._spent = 0
        return self._relevant[key] and not compiled.computed and not self._holds(compiled.read_only, key)

    def group_relevant(self, key: str) -> bool:
        """True when the group, and every group around it, is to be shown; KeyError for an unknown key."""
        if name_of(key) not in self.form.groups:
            section = next((group for group in self.questionnaire.sections() if group.name == key), None)
            if section is None:
                raise KeyError(key)
            return any(
                self._relevant[question.name] for question in section.questions() if question.name in self._relevant
            )
        return self._relevant[key]

    def instances(self, key: str) -> tuple[str, ...]:
        """What stands before the names in each instance of a repeat: "member[1]/", ...; KeyError for an unknown key."""
        return tuple(f"{key}[{number}]/" for number in range(1, self._counts[key] + 1))

    def is_counted(self, key: str) -> bool:
        """True when the form decides how many instances of the repeat there are, not the respondent."""
        return self.form.counts[name_of(key)] is not None

    def most_instances(self, key: str) -> int:
        """How many instances the repeat may have, beside what the others have; KeyError for an unknown key."""
        return min(MAX_INSTANCES, self._counts[key] + MAX_ALL_INSTANCES - self._standing)

    def asked(self, inside: Iterable[Group | Question], prefix: str = "") -> Iterator[tuple[str, Question]]:
        """(key, question) for every question there in order, in repeats for each instance; relevant or not."""
        return asked(inside, self._counts, prefix)

    def section_issues(self, section_name: str) -> tuple[tuple[str, Issue], ...]:
        """(key, issue) for every fault in a section, in order; KeyError for an unknown name."""
        for section in self.questionnaire.sections():
            if section.name == section_name:
                return self._issues_in((section,))
        raise KeyError(section_name)

    def all_issues(self) -> tuple[tuple[str, Issue], ...]:
        """(key, issue) for every fault, in order."""
        return self._issues_in(self.questionnaire.children)

    def submission(self) -> dict[str, Answer]:
        """What would be sent: relevant answers that have a proper form, computed values, and how often repeats stand.

        Never an empty answer.
        """
        sent: dict[str, Answer] = {}

        def walk(inside: Iterable[Group | Question], prefix: str) -> None:
            for item in inside:
                key = prefix + item.name
                if not self._relevant[key]:
                    continue
                if isinstance(item, Question):
                    if self._is_sent(key, item):
                        sent[key] = self._answers[key]
                elif not item.repeats:
                    walk(item.children, prefix)
                else:
                    sent[key] = self._counts[key]
                    for within in self.instances(key):
                        walk(item.children, within)

        walk(self.questionnaire.children, "")
        return sent

    def words(self, text: Text, prefix: str = "") -> str:
        """The text in the response's language, with ${name} replaced by the answer, for a choice by its label.

        Nothing is left of an emphasis round an answer that is not there.
        prefix  of the instance in which it is read.
        """
        plain = text.in_language(self.language, self.questionnaire.default_language)
        if "${" not in plain:
            return plain

        def shown(found: re.Match[str]) -> str:
            answer = self._shown(found["name"], prefix)
            return f"{found['mark']}{answer}{found['mark']}" if answer else ""

        return _REFERENCE.sub(shown, plain)

    def evaluate(self, text: str, key: str = "") -> Scalar:
        """What an expression gives here, for the question or group of that key; raises ExpressionError."""
        tree = parse(text)
        definitions = self.form.definitions
        read_by(tree, definitions[name_of(key)], dict(definitions), root_names(self.questionnaire))
        return scalar(self._run(compile_expression(tree), key))

    # Changing

    def set(self, key: str, answer: object | None, *, written_in: str | None = None, typed: bool = True) -> None:
        """The question has this answer; None or an empty one clears it. Only what depends on it is recomputed.

        written_in  the language whose signs a number is written with, when it is not the response's own.

        An answer of the wrong shape (text where a number is asked) is kept and becomes an issue of the question.
        A repeat's own key sets how many instances it has; the last ones go first, and their answers with them.
        Where the answer stays the same nothing happens; else what it triggers runs, and what that triggers in turn.
        typed   False when the program knows the answer: then a read-only question takes it too.
        Raises  InvalidInput answer.not_askable for a question that is unknown or that nobody answers,
                answer.read_only, answer.too_many_instances, and answer.too_long, which is not kept.
        """
        name = name_of(key)
        self._spent = 0
        if name in self.form.counts and key in self._counts:
            self._set_count(key, answer)
            return
        compiled = self.form.questions.get(name)
        if (
            compiled is None
            or compiled.question.kind in UNASKED_KINDS
            or compiled.computed
            or key not in self._relevant
        ):
            raise InvalidInput("answer.not_askable", question=key)
        language = self.language if written_in is None else written_in
        before = self._answers.get(key), self._faults.get(key)
        locked = typed and self._holds(compiled.read_only, key)
        self._accept(compiled.question, key, answer, language, given=True)
        if (self._answers.get(key), self._faults.get(key)) == before:
            return
        if locked:
            self._accept(compiled.question, key, before[0], PROGRAMS)
            raise InvalidInput("answer.read_only", question=key)
        self._propagate([("value", name)])
        self._trigger(key)
        self._fill_fresh()

    def fill(self, given: Mapping[str, object], *, written_in: str) -> tuple[tuple[str, InvalidInput], ...]:
        """Every question has the answer given, as if each were `set` in this order; repeats get room for them.

        What many answers change together is computed once, where that makes no difference.
        Returns (key, fault) of every answer that could not be taken.
        """
        faults: list[tuple[str, InvalidInput]] = []
        changed: list[Slot] = []
        for key, answer in given.items():
            try:
                if key in self.form.lasting:
                    before = self._answers.get(key), self._faults.get(key)
                    self._accept(self.form.questions[key].question, key, answer, written_in, given=True)
                    if (self._answers.get(key), self._faults.get(key)) != before:
                        changed.append(("value", key))
                    continue
                self._settle(changed)
                self.make_room(key)
                self.set(key, answer, written_in=written_in)
            except InvalidInput as error:
                faults.append((key, error))
        self._settle(changed)
        return tuple(faults)

    def _settle(self, changed: list[Slot]) -> None:
        """What waits for these is computed, and they are forgotten."""
        self._spent = 0
        if changed:
            self._propagate(changed)
            changed.clear()

    def _trigger(self, key: str) -> None:
        """Computes what a change of this answer triggers, and what changes by that triggers, each question once.

        So do JavaRosa and ODK Web Forms. Without a calculation a triggered question is emptied, as pyxform writes it.
        """
        changed, met = [key], {name_of(key)}
        while changed:
            name, around = split(changed.pop(0))
            for other in self.form.followers.get(name, ()):
                if other in met:
                    continue
                met.add(other)
                before = len(changed)
                for prefix, _indices in self._instances_of(self.form.definitions[other].repeats):
                    inside = split(prefix)[1]
                    if inside[: len(around)] == around[: len(inside)] and self._follow(prefix + other):
                        changed.append(prefix + other)
                if len(changed) > before:
                    self._propagate([("value", other)])

    def _follow(self, key: str) -> bool:
        """The triggered question has its new value; true when that is a change."""
        compiled = self._compiled(key)
        before = self._answers.get(key), self._faults.pop(key, None)
        calculation = compiled.calculation
        self._keep(key, None if calculation is None else self._made(calculation, key, compiled.question))
        return (self._answers.get(key), None) != before

    def add_instance(self, key: str) -> str:
        """One more instance of the repeat, with its defaults; returns what stands before the names in it.

        Raises InvalidInput answer.not_askable when the form decides how many there are, answer.too_many_instances.
        """
        self._spent = 0
        self._set_count(key, self._counts.get(key, 0) + 1)
        return self.instances(key)[-1]

    def make_room(self, key: str) -> None:
        """There are as many instances as the key asks for, where the respondent decides that and up to the limit."""
        prefix = ""
        for repeat, number in split(key)[1]:
            own = prefix + repeat
            free = own in self._counts and not self.is_counted(own)
            if free and self._counts[own] < number <= self.most_instances(own):
                self._set_count(own, number)
            prefix += f"{repeat}[{number}]/"

    def is_known(self, key: str) -> bool:
        """True when the key names a question or group that is there now, in an instance that is there now."""
        return key in self._relevant

    def remove_instance(self, key: str, number: int) -> None:
        """The instance is gone and those after it move up; raises InvalidInput answer.not_askable as above."""
        count = self._counts.get(key, 0)
        if not isinstance(number, int) or not 1 <= number <= count or self.is_counted(key):
            raise InvalidInput("answer.not_askable", question=key)
        moved: dict[str, Answer] = {key: count - 1}
        for each, answer in self._answers.items():
            inside = _place_in(each, key)
            if inside < number:
                moved.setdefault(each, answer)
            elif inside > number:
                moved[f"{key}[{inside - 1}]/" + each.removeprefix(f"{key}[{inside}]/")] = answer
        self._open(moved)

    # Taking answers in

    def _take_in(self, compiled: CompiledQuestion, prefix: str, *, new: bool) -> None:
        question = compiled.question
        key = prefix + question.name
        stored = self._answers.get(key)
        asked = question.kind not in UNASKED_KINDS and not compiled.computed
        if stored is None and asked and not (new and question.default):  # nearly every question
            self._values[key] = ""
            return
        if question.kind is Kind.METADATA:
            known = {"start": iso_moment(self._now), "today": iso_date(self._today), **self._metadata}
            self._keep(key, stored or known.get(question.metadata) or None)
        elif question.kind in _SETTABLE or compiled.computed:
            self._keep(key, (question.default if compiled.default is None else "") if stored is None else stored)
        elif question.kind is Kind.NOTE or (stored is None and not new):
            self._keep(key, None)
        elif not new:
            self._accept(question, key, stored, "")
        else:
            self._accept(question, key, question.default if compiled.default is None else None, PROGRAMS)
        if new and compiled.default is not None and not compiled.computed:
            self._fresh.append(key)

    def _fill_fresh(self) -> None:
        while self._fresh:
            key = self._fresh.pop(0)
            compiled = self._compiled(key)
            if compiled.default is not None and key in self._values:
                value = self._made(compiled.default, key, compiled.question)
                if compiled.question.kind in _SETTABLE or value is None:
                    self._keep(key, value)
                else:
                    self._accept(compiled.question, key, value, PROGRAMS)
                self._propagate([("value", compiled.question.name)])

    def _accept(self, question: Question, key: str, raw: object | None, language: str, *, given: bool = False) -> None:
        self._faults.pop(key, None)
        try:
            self._keep(key, coerce(question, raw, language))
        except InvalidInput as error:
            if given and error.code == "answer.too_long":
                raise
            kept, fault = _kept_of(question, raw, error, language)
            self._keep(key, kept)
            params = {name: value for name, value in fault.params.items() if name != "question"}
            self._faults[key] = Issue(code=fault.code, params=params)
            self._values[key] = ""
            self._show(key)

    def _keep(self, key: str, answer: Answer | None) -> None:
        if answer is None or answer == "":
            self._answers.pop(key, None)
            self._values[key] = ""
        else:
            self._answers[key] = answer
            self._values[key] = from_answer(answer)
        if key in self._relevant:
            self._show(key)

    def _show(self, key: str) -> None:
        self._visible[key] = self._values.get(key, "") if self._relevant.get(key, False) else ""

    # Repeats

    def _instances_of(self, repeats: tuple[str, ...]) -> tuple[tuple[str, tuple[int, ...]], ...]:
        """(prefix, indices) for every instance inside these repeats."""
        known = self._scopes.get(repeats)
        if known is None:
            known = tuple(
                (f"{prefix}{repeats[-1]}[{number}]/", (*indices, number))
                for prefix, indices in self._instances_of(repeats[:-1])
                for number in range(1, self._counts.get(prefix + repeats[-1], 0) + 1)
            )
            self._scopes[repeats] = known
        return known

    def _set_count(self, key: str, wanted: object) -> None:
        name = name_of(key)
        if name not in self.form.counts or key not in self._counts or self.form.counts[name] is not None:
            raise InvalidInput("answer.not_askable", question=key)
        count = 0.0 if wanted is None or wanted == "" else _count_of(wanted)
        most = self.most_instances(key)
        if not 0 <= count <= most or count != int(count):
            raise InvalidInput("answer.too_many_instances", question=key, limit=most)
        for gone in [each for each in self._answers if _place_in(each, key) > count]:
            del self._answers[gone]
        if self._resize(key, int(count)):
            self._propagate([("count", name)])
        self._fill_fresh()

    def _resize(self, key: str, count: int) -> bool:
        """The repeat has so many instances from now on; true when that is a change."""
        before = self._counts.get(key)
        fitting = min(count, MAX_INSTANCES, (before or 0) + MAX_ALL_INSTANCES - self._standing)
        self._cut.pop(key, None)
        if fitting < count:
            self._cut[key] = count = fitting
        self._counts[key] = count
        self._standing += count - (before or 0)
        self._answers[key] = count
        if before == count:
            return False
        definition = self.form.definitions[name_of(key)]
        for repeats in [each for each in self._scopes if definition.name in each]:
            del self._scopes[repeats]
        held = {_place_in(stored, key) for stored in self._answers}
        for number in range((before or 0) + 1, count + 1):
            prefix = f"{key}[{number}]/"
            new = not self._reopening and number not in held
            for each in definition.inside():
                if each.is_question and each.repeats == definition.repeats:
                    self._take_in(self.form.questions[each.name], prefix, new=new)
        if count < (before or 0):
            self._forget(key, count)
        return True

    def _forget(self, repeat: str, count: int) -> None:
        """What stands in removed instances is computed and shown no more; its answers stay in the draft."""

        def gone(keys: Iterable[str]) -> list[str]:
            return [key for key in keys if _place_in(key, repeat) > count]

        self._standing -= sum(self._counts[key] for key in gone(self._counts))
        for kept in (self._values, self._visible, self._relevant, self._counts, self._cut, self._faults):
            for key in gone(kept):
                del kept[key]
        for places in (self._contexts, self._nodes_at):
            for key in gone(places):
                del places[key]

    def _most_counted(self, question: str, key: str) -> int | None:
        """How many instances there are of a repeat that this answer asks to have more of; None when all are there."""
        if not self._cut:
            return None
        prefix = key.removesuffix(question)
        counted = self.form.counted_by.get(question, ())
        cut = [most for repeat, most in self._cut.items() if name_of(repeat) in counted and repeat.startswith(prefix)]
        return min(cut, default=None)

    # Computing

    def _propagate(self, changed: Iterable[Slot]) -> None:
        """Recomputes, in dependency order, the slots that wait for a changed one, as long as something changes."""
        jobs, places = self.form.jobs, self.form.places
        heap = sorted({place for slot in changed for place in jobs[places[slot]].waiting})
        waiting = set(heap)
        while heap:
            job = jobs[heappop(heap)]
            if self._compute(job):
                for place in job.waiting:
                    if place not in waiting:
                        waiting.add(place)
                        heappush(heap, place)
        if self._cut and self._standing < MAX_ALL_INSTANCES:
            grown: list[Slot] = [("count", name_of(key)) for key in tuple(self._cut) if self._grown(key)]
            if grown:
                self._propagate(grown)

    def _grown(self, key: str) -> bool:
        """True when a repeat that was cut got more of its instances, now that there is room."""
        return key in self._cut and self._counts[key] < MAX_INSTANCES and self._compute_count(key)

    def _compute(self, job: Job) -> bool:
        """Brings one slot up to date in every instance; true when it changed."""
        part, name = job.slot
        if job.plain:  # most of all slots
            relevant = not job.parent or self._relevant.get(job.parent, True)
            if relevant and job.expression is not None:
                relevant = to_boolean(self._evaluate(job.expression, name))
            if self._relevant.get(name) is relevant:
                return False
            self._relevant[name] = relevant
            self._visible[name] = self._values.get(name, "") if relevant else ""
            return True
        change = False
        question = self.form.questions[name].question if part == "value" else None
        for prefix, _indices in self._instances_of(job.definition.around):
            key = prefix + name
            if part == "relevant":
                change |= self._compute_relevance(job, key, prefix)
            elif part == "count":
                change |= self._compute_count(key)
            elif job.expression is not None and question is not None:
                old = self._answers.get(key)
                new = self._made(job.expression, key, question)
                if new != old or type(new) is not type(old) or key not in self._values:
                    self._keep(key, new)
                    change |= old != new
        return change

    def _compute_relevance(self, job: Job, key: str, prefix: str) -> bool:
        relevant = True
        if job.parent:
            above = self.form.definitions[job.parent]
            outer = prefix[: prefix.rfind(f"{above.name}[")] if above.is_repeat else prefix
            relevant = self._relevant.get(outer + above.name, True)
        if relevant and job.expression is not None:
            relevant = to_boolean(self._evaluate(job.expression, key))
        if self._relevant.get(key) is relevant:
            return False
        self._relevant[key] = relevant
        self._show(key)
        return True

    def _compute_count(self, key: str) -> bool:
        counted = self.form.counts[name_of(key)]
        if counted is not None:
            number = to_number(self._evaluate(counted, key))
            return self._resize(key, int(min(max(number, 0.0), MAX_INSTANCES + 1)) if number == number else 0)
        if key in self._counts:
            return False
        stored = self._answers.get(key)
        if isinstance(stored, int | float):
            return self._resize(key, int(min(max(stored, 0), MAX_INSTANCES)))
        held = max((_place_in(each, key) for each in self._answers), default=0)
        return self._resize(key, held or 1)

    def _evaluate(self, expression: Expression, key: str) -> Scalar:
        """The value of an expression of the question; "" when it cannot be computed."""
        try:
            return scalar(self._run(expression, key))
        except ExpressionError:
            return ""

    def _made(self, expression: Expression, key: str, question: Question) -> Answer | None:
        """The answer that an expression makes for the question; days since 1970 become the date that is asked for."""
        value = self._evaluate(expression, key)
        if question.kind in _DATES and type(value) is float:
            value = date_(math.floor(value) if question.kind is Kind.DATE and math.isfinite(value) else value)
        return to_answer(value)

    def _holds(self, expression: Expression | None, key: str) -> bool:
        if expression is None:
            return False
        try:
            return to_boolean(self._run(expression, key))
        except ExpressionError:
            return False

    def _run(self, expression: Expression, key: str) -> Value:
        if self._spent > MAX_ALL_STEPS:
            raise ExpressionError("expression.too_many_steps", limit=MAX_ALL_STEPS)
        context = self._context_of(key)
        try:
            return expression(context)
        finally:
            self._spent += context.steps

    def _context_of(self, key: str) -> EvaluationContext:
        """What an expression of the question may look at, ready for one evaluation."""
        known = self._nodes_at.get(key)
        if known is None:
            known = self._nodes_at[key] = self._place(key)
        context, node = known
        context.node = context.origin = node
        context.current = self._values.get(key, "")
        context.steps = 0
        draw = self._draw
        draw.key, draw.random = key, None
        return context

    def _place(self, key: str) -> tuple[EvaluationContext, FormNode]:
        name, around = split(key) if "[" in key else (key, ())
        prefix, indices = key[: len(key) - len(name)], tuple(number for _, number in around)
        definition = self.form.definitions[name]
        context = self._contexts.get(prefix)
        if context is None:
            context = self._contexts[prefix] = self._context(definition.around, indices)
        return context, FormNode(self, definition, indices)

    def _context(self, repeats: tuple[str, ...], indices: tuple[int, ...]) -> EvaluationContext:
        definitions = self.form.definitions
        visible = self._visible

        def value(wanted: str) -> Value:
            target = definitions.get(wanted)
            if target is None:
                return ""
            if target.is_question and target.repeats == repeats[: len(target.repeats)]:
                return visible.get(prefix_of(target.repeats, indices) + wanted, "")
            return nodes(wanted)

        def nodes(wanted: str) -> tuple[Node, ...]:
            target = definitions.get(wanted)
            return () if target is None else self._nodes(target, repeats, indices)

        def instance_value(wanted: str, places: tuple[tuple[str, int], ...]) -> Value:
            target = definitions.get(wanted)
            if target is None:
                return ""
            known = {**dict(zip(repeats, indices, strict=False)), **dict(places)}
            return visible.get(
                prefix_of(target.repeats, tuple(known.get(each, 1) for each in target.repeats)) + wanted, ""
            )

        return EvaluationContext(
            today=self._today,
            now=self._now,
            value=value,
            nodes=nodes,
            visible=visible,
            draw=self._draw,
            root=FormNode(self, definitions[""], ()),
            instance=self._instance,
            instance_value=instance_value,
            table=self._cell,
            choice_label=self._choice_label,
            words=self._itext,
            language=self.language or self.questionnaire.default_language,
        )

    def _nodes(self, target: Definition, repeats: tuple[str, ...], indices: tuple[int, ...]) -> tuple[Node, ...]:
        """The relevant nodes of a definition, seen from these instances."""
        shared = 0
        for ours, theirs in zip(repeats, target.around, strict=False):
            if ours != theirs:
                break
            shared += 1
        near = indices[:shared]
        return tuple(
            node
            for _prefix, places in self._instances_of(target.around)
            if places[:shared] == near
            for node in instances(self, target, places)
        )

    # What nodes ask (survey.logic.form_nodes.Tree)

    def visible_value(self, definition: Definition, indices: tuple[int, ...]) -> Scalar:
        """The value there; "" when empty or not relevant."""
        return self._visible.get(prefix_of(definition.repeats, indices) + definition.name, "")

    def is_relevant(self, definition: Definition, indices: tuple[int, ...]) -> bool:
        """True when it is to be shown."""
        return self._relevant.get(prefix_of(definition.around, indices) + definition.name, False)

    def count_of(self, repeat: Definition, indices: tuple[int, ...]) -> int:
        """How many instances of the repeat there are inside these."""
        return self._counts.get(prefix_of(repeat.around, indices) + repeat.name, 0)

    # Lists, tables, words

    def _instance(self, name: str) -> Node | None:
        made = self.form.instances.get(name)
        if made is None:
            rows: tuple[Mapping[str, str], ...] | None = self.questionnaire.tables.get(name)
            if rows is None and name in self.questionnaire.choice_lists:
                choices = self.questionnaire.choice_lists[name]
                rows = tuple({"itextId": f"{name}-{place}", **_columns(choice)} for place, choice in enumerate(choices))
            if rows is None:
                return None
            made = self.form.instances[name] = TableNode(rows)
        return made

    def _cell(self, table: str, column: str, key_column: str, key: str) -> str:
        index = self.form.indexes.get((table, key_column))
        if index is None:
            rows = self.questionnaire.tables.get(table.removesuffix(".csv"), ())
            index = {row[key_column]: row for row in reversed(rows) if key_column in row}
            self.form.indexes[table, key_column] = index
        return index.get(key, {}).get(column, "")

    def _itext(self, identifier: str) -> str:
        """The words of a choice by its list and place, or of a question by its path."""
        name, _, place = identifier.rpartition("-")
        choices = self.questionnaire.choice_lists.get(name, ())
        if place.isdecimal() and len(place) < 7 and int(place) < len(choices):
            return self.words(choices[int(place)].label)
        path, _, part = identifier.rpartition(":")
        for question in self.questionnaire.questions():
            if question.node == path.rpartition("/")[2] and part in ("label", "hint"):
                return self.words(question.label if part == "label" else question.hint)
        return ""

    def _choice_label(self, question: str, code: str) -> str:
        compiled = self.form.questions.get(question)
        if compiled is None:
            return ""
        choice = self.form.lists.get(compiled.question.list_name, {}).get(code)
        return "" if choice is None else choice.label.in_language(self.language, self.questionnaire.default_language)

    def _shown(self, name: str, prefix: str) -> str:
        _, around = split(prefix + name)
        repeats, indices = tuple(repeat for repeat, _ in around), tuple(number for _, number in around)
        target = self.form.definitions.get(name)
        found = () if target is None else self._nodes(target, repeats, indices)
        compiled = self.form.questions.get(name)
        shown = [to_text(node.value()) for node in found]
        if compiled is not None and compiled.question.kind in LIST_KINDS:
            shown = [", ".join(self._choice_label(name, code) or code for code in text.split()) for text in shown]
        return ", ".join(text for text in shown if text)

    def _offered(self, compiled: CompiledQuestion, key: str) -> tuple[Choice, ...]:
        question, choices = compiled.question, compiled.choices
        accepts = compiled.choice_filter
        if accepts is not None:
            choices = self._filtered(accepts, key, self._items(compiled).ordered)
        if choices and question.parameters.get("randomize", "").lower() in _TRUE:
            seed = float("nan") if compiled.seed is None else to_number(self._evaluate(compiled.seed, key))
            if seed != seed:
                seed = Random(f"{self._seed}/{key}/choices").randrange(1, 2**31 - 1)
            choices = tuple(shuffled(choices, seed))
        return choices

    def _wrong(self, compiled: CompiledQuestion, key: str) -> tuple[str, ...]:
        """The codes of the answer that are not on offer; a filter is asked about no others."""
        answer = self._answers.get(key)
        if answer is None or compiled.question.kind not in LIST_KINDS:
            return ()
        codes = answer if isinstance(answer, tuple) else (str(answer),)
        offered: Container[str]
        if compiled.choice_filter is None:
            offered = self.form.lists.get(compiled.question.list_name, ())
        else:
            items = self._items(compiled).by_code
            named = [each for code in codes for each in items.get(code, ())]
            offered = {choice.name for choice in self._filtered(compiled.choice_filter, key, named)}
        return tuple([code for code in codes if code not in offered])

    def _items(self, compiled: CompiledQuestion) -> Items:
        name = compiled.question.list_name
        items = self.form.items.get(name)
        if items is None:
            items = self.form.items[name] = Items(compiled.choices)
        return items

    def _filtered(self, accepts: Expression, key: str, items: Iterable[tuple[Choice, ItemNode]]) -> tuple[Choice, ...]:
        """Those of the choices that a filter accepts."""
        context = self._context_of(key)
        found = []
        for choice, item in items:
            context.node, context.current, context.steps = item, "", 0
            try:
                if to_boolean(accepts(context)):
                    found.append(choice)
            except ExpressionError:
                continue
        context.node = context.origin
        return tuple(found)

    # Faults

    def _issues_in(self, inside: Iterable[Group | Question]) -> tuple[tuple[str, Issue], ...]:
        found: list[tuple[str, Issue]] = []
        for key, question in self.asked(inside):
            if question.kind in UNASKED_KINDS or not self._relevant[key]:
                continue
            compiled = self._compiled(key)
            if compiled.required is None and not self._cut and key not in self._answers and key not in self._faults:
                continue
            self._spent = 0
            required = self._holds(compiled.required, key)
            for issue in self._issues_of(compiled, key, required=required):
                found.append((key, issue))
        return tuple(found)

    def _issues_of(self, compiled: CompiledQuestion, key: str, *, required: bool) -> tuple[Issue, ...]:
        """The faults of a relevant question."""
        if key in self._faults:
            return (self._faults[key],)
        if (most := self._most_counted(compiled.question.name, key)) is not None:
            return (Issue(code="answer.too_many_instances", params={"limit": most}),)
        if compiled.computed:
            return ()
        holds = compiled.constraint is None or key not in self._answers or self._holds(compiled.constraint, key)
        answer = self._answers.get(key)
        wrong = self._wrong(compiled, key)
        return faults_of(compiled.question, answer, required=required, wrong=wrong, constraint_holds=holds)

    def _is_sent(self, key: str, question: Question) -> bool:
        if key not in self._answers or question.kind is Kind.NOTE or key in self._faults:
            return False
        return not self._wrong(self._compiled(key), key)

    def _compiled(self, key: str) -> CompiledQuestion:
        return self.form.questions[name_of(key)]


class _Draw:
    """Numbers in [0, 1) for one evaluation: the same each time, and made only when somebody asks."""

    __slots__ = ("key", "random", "seed")

    def __init__(self, seed: str) -> None:
        self.seed, self.key = seed, ""
        self.random: Random | None = None

    def __call__(self) -> float:
        if self.random is None:
            self.random = Random(f"{self.seed}/{self.key}")
        return self.random.random()


def _columns(choice: Choice) -> dict[str, str]:
    return {**choice.attributes, "name": choice.name, "label": choice.label.in_language("", "")}


def _place_in(key: str, repeat: str) -> int:
    """The number of the instance in which the key stands inside the repeat of that key; 0 when it does not."""
    if not key.startswith(repeat + "["):
        return 0
    around, depth = split(key)[1], repeat.count("[")
    return around[depth][1] if depth < len(around) else 0


def _count_of(wanted: object) -> float:
    if isinstance(wanted, str | float):
        return to_number(wanted)
    return float(min(wanted, MAX_INSTANCES + 1)) if isinstance(wanted, int) and wanted is not True else math.nan


def _kept_of(question: Question, raw: object, error: InvalidInput, language: str) -> tuple[Answer | None, InvalidInput]:
    """What is kept of a refused answer, and its fault: opened again it is refused alike.

    Of something that is no text, its text, unless that would be an answer that nobody gave.
    """
    if isinstance(raw, int | float):
        return raw, error
    text = cleaned(raw) if isinstance(raw, str) else " ".join(str(each) for each in _listed(raw))
    try:
        coerce(question, text, language)
    except InvalidInput as again:
        return (None, error) if again.code == "answer.too_long" else (cleaned(text), again)
    return None, error


def _listed(raw: object) -> list[object]:
    return list(raw)[:100] if isinstance(raw, list | tuple) else []
