"""A response in the making: what is asked, what is valid and what would be sent, after every answer.

`open_form` takes all answers at once, `FormState.set` one at a time and recomputes only what depends on it. Nothing
is saved here and no words are made here: an `Issue` carries a code, its parameters and the form author's own message.
"""

import math
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from random import Random

from data.errors import InvalidInput
from survey.logic.answers import coerce
from survey.logic.compiled_form import CompiledForm, CompiledQuestion, Slot, compile_form
from survey.logic.dates import iso_date, iso_moment
from survey.logic.expression import EvaluationContext, Expression, ExpressionError, Value
from survey.logic.values import from_answer, to_answer, to_boolean, to_number, to_text
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

_REFERENCE = re.compile(r"\$\{\s*([^{}\s]+)\s*\}")
_SETTABLE = frozenset({Kind.HIDDEN, Kind.METADATA, Kind.CALCULATE})
"""Kinds that nobody answers but that keep a value from an earlier opening."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Issue:
    """Something about an answer that its giver must mend; `message` is the form author's own, often empty."""

    code: str
    params: Mapping[str, object] = field(default_factory=dict)
    message: Text = field(default_factory=Text)


@dataclass(frozen=True, slots=True, kw_only=True)
class QuestionState:
    """All that a screen needs to show a question now."""

    name: str
    relevant: bool
    required: bool
    read_only: bool
    value: Answer | None
    issues: tuple[Issue, ...]
    choices: tuple[Choice, ...]


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
    """Answers, relevance and computed values of one response; changed only by `set`."""

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
        self._answers: dict[str, Answer] = dict(answers)
        self._faults: dict[str, Issue] = {}
        self._values: dict[str, Value] = {}
        self._relevant: dict[str, bool] = {}
        for compiled in form.questions.values():
            self._take_in(compiled, answers, metadata)
        for slot in form.order:
            self._compute(slot)
        if not answers:
            for name, compiled in form.questions.items():
                if compiled.default is not None and not compiled.computed:
                    self._keep(name, to_answer(self._evaluate(compiled.default, name)))
                    self._propagate([("value", name)])

    # Reading

    @property
    def questionnaire(self) -> Questionnaire:
        """The questionnaire that is answered."""
        return self.form.questionnaire

    @property
    def answers(self) -> Mapping[str, Answer]:
        """Everything kept: also answers to questions that are not relevant now, and computed values."""
        return dict(self._answers)

    def state(self, name: str) -> QuestionState:
        """The question as it stands now; KeyError for an unknown name."""
        compiled = self.form.questions[name]
        relevant = self._relevant[name]
        choices = self._offered(compiled)
        required = relevant and self._holds(compiled.required, name)
        return QuestionState(
            name=name,
            relevant=relevant,
            required=required,
            read_only=compiled.computed or self._holds(compiled.read_only, name),
            value=self._answers.get(name),
            issues=self._issues(compiled, required=required, choices=choices) if relevant else (),
            choices=choices,
        )

    def group_relevant(self, name: str) -> bool:
        """True when the group, and every group around it, is to be shown; KeyError for an unknown name."""
        if name not in self.form.groups:
            section = next((group for group in self.questionnaire.sections() if group.name == name), None)
            if section is None:
                raise KeyError(name)
            return any(self._relevant[question.name] for question in section.questions())
        return self._relevant[name]

    def section_issues(self, section_name: str) -> tuple[tuple[str, Issue], ...]:
        """(question name, issue) for every fault in a section, in order; KeyError for an unknown name."""
        for section in self.questionnaire.sections():
            if section.name == section_name:
                return self._issues_of(section)
        raise KeyError(section_name)

    def all_issues(self) -> tuple[tuple[str, Issue], ...]:
        """(question name, issue) for every fault, in order."""
        return tuple((question.name, issue) for question in self._asked() for issue in self.state(question.name).issues)

    def submission(self) -> dict[str, Answer]:
        """What would be sent: relevant answers that have a proper form, and computed values; never an empty one."""
        sent: dict[str, Answer] = {}
        for question in self.questionnaire.questions():
            answer = self._answers.get(question.name)
            if answer is None or not self._relevant[question.name] or question.kind is Kind.NOTE:
                continue
            compiled = self.form.questions[question.name]
            if question.name in self._faults or self._not_offered(compiled, self._offered(compiled)):
                continue
            sent[question.name] = answer
        return sent

    def words(self, text: Text) -> str:
        """The text in the response's language, with ${name} replaced by the answer, for a choice by its label."""
        plain = text.in_language(self.language, self.questionnaire.default_language)
        return _REFERENCE.sub(lambda found: self._shown(found[1]), plain)

    # Changing

    def set(self, name: str, answer: object | None) -> None:
        """The question has this answer; None or an empty one clears it. Only what depends on it is recomputed.

        An answer of the wrong shape (text where a number is asked) is kept and becomes an issue of the question.
        Raises  InvalidInput answer.not_askable for a question that is unknown or that nobody answers, and
                answer.too_long, which is not kept.
        """
        compiled = self.form.questions.get(name)
        if compiled is None or compiled.question.kind in UNASKED_KINDS or compiled.computed:
            raise InvalidInput("answer.not_askable", question=name)
        self._accept(compiled.question, answer)
        changed: list[Slot] = [("value", name)]
        for other, follower in self.form.questions.items():
            if name in follower.triggers and follower.calculation is not None:
                self._keep(other, to_answer(self._evaluate(follower.calculation, other)))
                changed.append(("value", other))
        self._propagate(changed)

    def _take_in(self, compiled: CompiledQuestion, answers: Mapping[str, Answer], metadata: Mapping[str, str]) -> None:
        question = compiled.question
        name = question.name
        if question.kind is Kind.METADATA:
            known = {"start": iso_moment(self._now), "today": iso_date(self._today), **metadata}
            self._keep(name, answers.get(name) or known.get(question.metadata) or None)
        elif question.kind in _SETTABLE or compiled.computed:
            self._keep(name, answers.get(name, question.default if compiled.default is None else "") or None)
        elif question.kind is Kind.NOTE:
            self._keep(name, None)
        elif answers:
            self._accept(question, answers.get(name))
        else:
            self._accept(question, question.default if compiled.default is None else None)

    def _accept(self, question: Question, raw: object | None) -> None:
        self._faults.pop(question.name, None)
        try:
            self._keep(question.name, coerce(question, raw))
        except InvalidInput as error:
            if error.code == "answer.too_long":
                raise
            params = {key: value for key, value in error.params.items() if key != "question"}
            self._keep(
                question.name, raw if isinstance(raw, str | int | float) else to_text(" ".join(map(str, _listed(raw))))
            )
            self._faults[question.name] = Issue(code=error.code, params=params)
            self._values[question.name] = ""

    def _keep(self, name: str, answer: Answer | None) -> None:
        if answer is None or answer == "":
            self._answers.pop(name, None)
            self._values[name] = ""
        else:
            self._answers[name] = answer
            self._values[name] = from_answer(answer)

    def _propagate(self, changed: Iterable[Slot]) -> None:
        """Recomputes, in dependency order, the slots that wait for a changed one, as long as something changes."""
        waiting = {dependent for slot in changed for dependent in self.form.dependents.get(slot, ())}
        if not waiting:
            return
        for slot in self.form.order:
            if slot in waiting and self._compute(slot):
                waiting.update(self.form.dependents.get(slot, ()))

    def _compute(self, slot: Slot) -> bool:
        """Brings one slot up to date; true when it changed."""
        part, name = slot
        if part == "relevant":
            parent = self.form.parents.get(name)
            own = self.form.questions[name].relevant if name in self.form.questions else self.form.groups[name]
            before = self._relevant.get(name)
            above = parent is None or self._relevant[parent]
            self._relevant[name] = above and (own is None or to_boolean(self._evaluate(own, name)))
            return before != self._relevant[name]
        compiled = self.form.questions[name]
        if not compiled.computed or compiled.calculation is None:
            return False
        old = self._answers.get(name)
        self._keep(name, to_answer(self._evaluate(compiled.calculation, name)))
        return old != self._answers.get(name)

    # Expressions

    def _evaluate(self, expression: Expression, name: str, choice: Choice | None = None) -> Value:
        """The value of an expression of the question; "" when it cannot be computed."""
        context = EvaluationContext(
            today=self._today,
            now=self._now,
            value=self._visible_value,
            current=self._values.get(name, ""),
            column=lambda column: _column(choice, column),
            draw=Random(f"{self._seed}/{name}").random,
            choice_label=self._choice_label,
        )
        try:
            return expression(context)
        except ExpressionError:
            return ""

    def _holds(self, expression: Expression | None, name: str) -> bool:
        return expression is not None and to_boolean(self._evaluate(expression, name))

    def _visible_value(self, name: str) -> Value:
        return self._values.get(name, "") if self._relevant.get(name, False) else ""

    def _choice_label(self, question: str, code: str) -> str:
        compiled = self.form.questions.get(question)
        for choice in compiled.choices if compiled else ():
            if choice.name == code:
                return choice.label.in_language(self.language, self.questionnaire.default_language)
        return ""

    def _shown(self, name: str) -> str:
        value = to_text(self._visible_value(name))
        compiled = self.form.questions.get(name)
        if compiled is None or compiled.question.kind not in LIST_KINDS:
            return value
        return ", ".join(self._choice_label(name, code) or code for code in value.split())

    def _offered(self, compiled: CompiledQuestion) -> tuple[Choice, ...]:
        question, choices = compiled.question, compiled.choices
        accepts = compiled.choice_filter
        if accepts is not None:
            choices = tuple(each for each in choices if to_boolean(self._evaluate(accepts, question.name, each)))
        if question.parameters.get("randomize", "").lower() in ("true", "true()", "yes"):
            shuffled = list(choices)
            Random(f"{self._seed}/{question.name}/choices").shuffle(shuffled)
            choices = tuple(shuffled)
        return choices

    # Faults

    def _asked(self) -> tuple[Question, ...]:
        return tuple(question for question in self.questionnaire.questions() if question.kind not in UNASKED_KINDS)

    def _issues_of(self, section: Group) -> tuple[tuple[str, Issue], ...]:
        return tuple(
            (question.name, issue)
            for question in section.questions()
            if question.kind not in UNASKED_KINDS
            for issue in self.state(question.name).issues
        )

    def _issues(self, compiled: CompiledQuestion, *, required: bool, choices: tuple[Choice, ...]) -> tuple[Issue, ...]:
        question = compiled.question
        if question.kind in UNASKED_KINDS or compiled.computed:
            return ()
        fault = self._faults.get(question.name)
        if fault is not None:
            return (fault,)
        answer = self._answers.get(question.name)
        if answer is None:
            return (Issue(code="answer.required", message=question.required_message),) if required else ()
        issues = [*self._choice_issues(compiled, choices), *_range_issues(question, answer)]
        if compiled.constraint is not None and not self._holds(compiled.constraint, question.name):
            issues.append(Issue(code="answer.constraint", message=question.constraint_message))
        return tuple(issues)

    def _choice_issues(self, compiled: CompiledQuestion, choices: tuple[Choice, ...]) -> tuple[Issue, ...]:
        wrong = self._not_offered(compiled, choices)
        return (Issue(code="answer.not_a_choice", params={"choice": " ".join(wrong)}),) if wrong else ()

    def _not_offered(self, compiled: CompiledQuestion, choices: tuple[Choice, ...]) -> tuple[str, ...]:
        answer = self._answers.get(compiled.question.name)
        if compiled.question.kind not in LIST_KINDS or answer is None:
            return ()
        offered = {choice.name for choice in choices}
        codes = answer if isinstance(answer, tuple) else (str(answer),)
        return tuple(code for code in codes if code not in offered)


def _column(choice: Choice | None, column: str) -> Value:
    if choice is None:
        return ""
    return choice.name if column == "name" else choice.attributes.get(column, "")


def _listed(raw: object) -> list[object]:
    return list(raw)[:100] if isinstance(raw, list | tuple) else []


def _range_issues(question: Question, answer: Answer) -> tuple[Issue, ...]:
    """Faults against start, end and step of a range question, whose defaults are 1, 10 and 1."""
    if question.kind is not Kind.RANGE or isinstance(answer, str | tuple):
        return ()
    start, end, step = (
        to_number(question.parameters.get(name, standard))
        for name, standard in (("start", "1"), ("end", "10"), ("step", "1"))
    )
    if any(math.isnan(number) for number in (start, end, step)):
        return ()
    least, most = min(start, end), max(start, end)
    if answer < least:
        return (Issue(code="answer.below_minimum", params={"minimum": least}),)
    if answer > most:
        return (Issue(code="answer.above_maximum", params={"maximum": most}),)
    steps = (answer - start) / step if step else 0.0
    if abs(steps - round(steps)) > 1e-9:
        return (Issue(code="answer.off_step", params={"step": step, "start": start}),)
    return ()
