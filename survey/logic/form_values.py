"""What the answers of a response amount to: values, relevance, counts of repeats, and what expressions see of them.

`FormState` (survey.logic.form_state) asks and changes it; here every change is followed to all that depends on it.
"""

import math
import re
from collections.abc import Iterable, Mapping
from datetime import date, datetime
from heapq import heappop, heappush
from random import Random

from data.errors import InvalidInput
from survey.logic.answers import cleaned, coerce
from survey.logic.compiled_form import CompiledForm, CompiledQuestion, Job, Slot
from survey.logic.dates import iso_date, iso_moment
from survey.logic.definitions import Definition
from survey.logic.expression import EvaluationContext, Expression, ExpressionError, Value
from survey.logic.form_nodes import FormNode, TableNode, instances
from survey.logic.functions import date_
from survey.logic.instances import name_of, prefix_of, split
from survey.logic.judgement import Issue, QuestionState
from survey.logic.typed_numbers import PROGRAMS
from survey.logic.values import Node, Scalar, from_answer, scalar, to_answer, to_boolean, to_number, to_text
from survey.questionnaire import (
    LIST_KINDS,
    Answer,
    Choice,
    Kind,
    Question,
    Questionnaire,
    Text,
)

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


class FormValues:
    """Answers, relevance and computed values of one response."""

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
        self._states: dict[str, QuestionState] = {}
        """Questions as they were shown since the last change."""
        self._draw = _Draw(self._seed)
        self._fresh: list[str] = []
        """Keys of new questions whose default is an expression."""
        self._take_in_all(answers)
        self._compute_all()
        self._reopening = False
        self._fill_fresh()

    def rest(self) -> None:
        """What is kept only to be quick is made anew when it is asked for.

        It refers to this object, which would stay until the garbage collector comes, and that costs as much as an act.
        """
        self._contexts.clear()
        self._nodes_at.clear()

    @property
    def questionnaire(self) -> Questionnaire:
        """The questionnaire that is answered."""
        return self.form.questionnaire

    def most_instances(self, key: str) -> int:
        """How many instances the repeat may have, beside what the others have; KeyError for an unknown key."""
        return min(MAX_INSTANCES, self._counts[key] + MAX_ALL_INSTANCES - self._standing)

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

    # Taking answers in

    def _take_in_all(self, answers: Mapping[str, Answer]) -> None:
        """`_take_in` of every question that is in no repeat."""
        if not answers:
            for compiled in self.form.outside:
                self._take_in(compiled, "", new=True)
            return
        answerable, kept, visible = self.form.answerable, self._answers, self._visible
        values = self._values = dict.fromkeys(answerable, "")
        for key, stored in answers.items():
            if stored is None or (asked := answerable.get(key)) is None:
                continue
            try:
                answer = coerce(asked.question, stored)
            except InvalidInput:
                answer = None
            if answer is None:
                self._accept(asked.question, key, stored, "")
                continue
            kept[key] = answer
            value = values[key] = answer if type(answer) is str else from_answer(answer)
            if key in visible:
                visible[key] = value
        for compiled in self.form.made:
            self._take_in(compiled, "", new=False)

    def _take_in(self, compiled: CompiledQuestion, prefix: str, *, new: bool) -> None:
        question = compiled.question
        key = prefix + question.name
        stored = self._answers.get(key)
        if stored is None and compiled.answerable and not (new and question.default):  # nearly every question
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
        self._states.clear()
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
        self._states.clear()
        for gone in [each for each in self._answers if place_in(each, key) > count]:
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
        held = {place_in(stored, key) for stored in self._answers}
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
            return [key for key in keys if place_in(key, repeat) > count]

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

    def _compute_all(self) -> None:
        """Brings every slot up to date for the first time."""
        known, visible, values = self._relevant, self._visible, self._values
        for job in self.form.opening:
            if not job.plain:
                self._compute(job)
                continue
            name = job.slot[1]
            relevant = not job.parent or known.get(job.parent, True)
            if relevant and job.expression is not None:
                relevant = to_boolean(self._evaluate(job.expression, name))
            known[name] = relevant
            visible[name] = values.get(name, "") if relevant else ""

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
        held = max((place_in(each, key) for each in self._answers), default=0)
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
            words=lambda identifier: self._itext(identifier, prefix_of(repeats, indices)),
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

    def _itext(self, identifier: str, prefix: str) -> str:
        """The words of a choice by its list and place, or of a question by its path, as an instance reads them."""
        name, _, place = identifier.rpartition("-")
        choices = self.questionnaire.choice_lists.get(name, ())
        if place.isdecimal() and len(place) < 7 and int(place) < len(choices):
            return self.words(choices[int(place)].label, prefix)
        path, _, part = identifier.rpartition(":")
        for question in self.questionnaire.questions():
            if question.node == path.rpartition("/")[2] and part in ("label", "hint"):
                return self.words(question.label if part == "label" else question.hint, prefix)
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


def place_in(key: str, repeat: str) -> int:
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
