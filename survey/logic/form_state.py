"""A response in the making: what is asked, what is valid and what would be sent, after every answer.

`open_form` takes all answers at once, `FormState.set` one at a time and recomputes only what depends on it. Nothing
is saved here and no words are made here: an `Issue` carries a code, its parameters and the form author's own message.
Answers are known by their key: the question's name, inside repeats as `survey.logic.instances` tells.
"""

from collections.abc import Iterable, Iterator, Mapping
from datetime import date, datetime
from random import Random

from data.errors import InvalidInput
from survey.logic.compiled_form import CompiledForm, CompiledQuestion, Items, Slot, compile_form
from survey.logic.definitions import read_by, root_names
from survey.logic.expression import Expression, ExpressionError, compile_expression, parse
from survey.logic.form_nodes import ItemNode
from survey.logic.form_values import MAX_ALL_INSTANCES, MAX_INSTANCES, FormValues, place_in
from survey.logic.functions import shuffled
from survey.logic.instances import asked, name_of, split
from survey.logic.judgement import Issue, QuestionState, faults_of
from survey.logic.typed_numbers import PROGRAMS
from survey.logic.values import Scalar, scalar, to_boolean, to_number
from survey.questionnaire import (
    LIST_KINDS,
    UNASKED_KINDS,
    Answer,
    Choice,
    Group,
    Kind,
    Question,
    Questionnaire,
)

__all__ = ["MAX_ALL_INSTANCES", "MAX_INSTANCES", "FormState", "Issue", "QuestionState", "open_form"]

MOST_OFFERED = 5_000
"""How many results of filters are remembered of a form."""
LONGEST_SEEN = 200
"""Signs of the answers that a filter reads, by which its result is remembered; longer ones are somebody's own text."""
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


class FormState(FormValues):
    """One response as its screens see it; changed only by `set`, `fill` and by adding and removing."""

    # Reading

    @property
    def answers(self) -> Mapping[str, Answer]:
        """Everything kept: also answers to questions that are not relevant now, and computed values."""
        return dict(self._answers)

    def state(self, key: str) -> QuestionState:
        """The question as it stands now; KeyError for an unknown key."""
        known = self._states.get(key)
        if known is not None:
            return known
        compiled = self._compiled(key)
        self._spent = 0
        relevant = self._relevant[key]
        choices = self._offered(compiled, key)
        required = relevant and self._holds(compiled.required, key)
        made = self._states[key] = QuestionState(
            name=key,
            relevant=relevant,
            required=required,
            read_only=compiled.computed or self._holds(compiled.read_only, key),
            value=self._answers.get(key),
            issues=self._issues_of(compiled, key, required=required) if relevant else (),
            choices=choices,
        )
        return made

    def choices(self, key: str) -> tuple[Choice, ...]:
        """What is on offer, as in `state`; KeyError for an unknown key."""
        known = self._states.get(key)
        if known is not None:
            return known.choices
        self._spent = 0
        return self._offered(self._compiled(key), key)

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
        if not self.form.counts:
            return self._issues_of_all(self.form.flat)
        return self._issues_in(self.questionnaire.children)

    def submission(self) -> dict[str, Answer]:
        """What would be sent: relevant answers that have a proper form, computed values, and how often repeats stand.

        Never an empty answer.
        """
        if not self.form.counts:
            relevant, answers = self._relevant, self._answers
            return {
                name: answers[name] for name, each in self.form.flat if relevant[name] and self._is_sent(name, each)
            }
        sent: dict[str, Answer] = {}

        def walk(inside: Iterable[Group | Question], prefix: str) -> None:
            for item in inside:
                key = prefix + item.name
                if not self._relevant[key]:
                    continue
                if isinstance(item, Question):
                    if self._is_sent(key, self._compiled(key)):
                        sent[key] = self._answers[key]
                elif not item.repeats:
                    walk(item.children, prefix)
                else:
                    sent[key] = self._counts[key]
                    for within in self.instances(key):
                        walk(item.children, within)

        walk(self.questionnaire.children, "")
        return sent

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
            inside = place_in(each, key)
            if inside < number:
                moved.setdefault(each, answer)
            elif inside > number:
                moved[f"{key}[{inside - 1}]/" + each.removeprefix(f"{key}[{inside}]/")] = answer
        self._open(moved)

    # Choices

    def _offered(self, compiled: CompiledQuestion, key: str) -> tuple[Choice, ...]:
        question, choices = compiled.question, compiled.choices
        accepts = compiled.choice_filter
        if accepts is not None and compiled.filter_reads is not None:
            choices = self._remembered(accepts, compiled, key)
        elif accepts is not None:
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
        accepts, reads = compiled.choice_filter, compiled.filter_reads
        if accepts is None:
            return tuple([code for code in codes if code not in compiled.listed])
        if reads is None:
            return tuple([code for code in codes if not self._accepted(accepts, compiled, key, code)])
        name = compiled.question.name
        seen = tuple([self._visible.get(each, "") for each in reads])
        known = self.form.accepted if _is_short(seen) else {}
        wrong = []
        for code in codes:
            if code not in compiled.listed:  # which may be any text
                wrong.append(code)
                continue
            found = known.get((name, seen, code))
            if found is None:
                if len(known) >= MOST_OFFERED:
                    known.clear()
                found = known[name, seen, code] = self._accepted(accepts, compiled, key, code)
            if not found:
                wrong.append(code)
        return tuple(wrong)

    def _accepted(self, accepts: Expression, compiled: CompiledQuestion, key: str, code: str) -> bool:
        """True when the filter lets the choice of that code through."""
        return bool(self._filtered(accepts, key, self._items(compiled).by_code.get(code, ())))

    def _items(self, compiled: CompiledQuestion) -> Items:
        name = compiled.question.list_name
        items = self.form.items.get(name)
        if items is None:
            items = self.form.items[name] = Items(compiled.choices)
        return items

    def _remembered(self, accepts: Expression, compiled: CompiledQuestion, key: str) -> tuple[Choice, ...]:
        """As `_filtered`, for a filter that lets the same through whenever the answers that it reads are the same."""
        seen = tuple([self._visible.get(name, "") for name in compiled.filter_reads or ()])
        offered = self.form.offered if _is_short(seen) else {}
        wanted = (compiled.question.name, seen)
        found = offered.get(wanted)
        if found is None:
            found = self._filtered(accepts, key, self._items(compiled).ordered)
            if len(offered) >= MOST_OFFERED:
                offered.clear()
            offered[wanted] = found
        return found

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
        return self._issues_of_all((key, self._compiled(key)) for key, _question in self.asked(inside))

    def _issues_of_all(self, questions: Iterable[tuple[str, CompiledQuestion]]) -> tuple[tuple[str, Issue], ...]:
        found: list[tuple[str, Issue]] = []
        answers, faults, relevant = self._answers, self._faults, self._relevant
        for key, compiled in questions:
            if not relevant[key] or compiled.question.kind in UNASKED_KINDS:
                continue
            answered = key in answers
            if not self._cut and key not in faults:
                if not answered and compiled.required is None:
                    continue
                if answered and compiled.only_listed and answers[key] in compiled.listed:  # nearly every answer
                    continue
            self._spent = 0
            # Whether an answer is required is of no matter where one stands.
            required = not answered and self._holds(compiled.required, key)
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
        answer, wrong = self._answers.get(key), self._wrong(compiled, key)
        more = compiled.question.kind is Kind.RANGE or compiled.exclusive
        if answer is not None and holds and not wrong and not more:  # nearly always
            return ()
        return faults_of(
            compiled.question,
            answer,
            required=required,
            wrong=wrong,
            constraint_holds=holds,
            exclusive=compiled.exclusive,
        )

    def _is_sent(self, key: str, compiled: CompiledQuestion) -> bool:
        if key not in self._answers or compiled.question.kind is Kind.NOTE or key in self._faults:
            return False
        return not self._wrong(compiled, key)


def _is_short(seen: Iterable[object]) -> bool:
    return sum(len(str(each)) for each in seen) <= LONGEST_SEEN
