"""A questionnaire with its expressions compiled once and put in the order in which they depend on each other."""

import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from graphlib import CycleError, TopologicalSorter

from data.errors import InvalidInput
from survey.logic.definitions import Definition, definitions_of, read_by, root_names
from survey.logic.expression import (
    Call,
    Chain,
    Column,
    Expression,
    ExpressionError,
    Literal,
    Negation,
    Reference,
    Tree,
    columns,
    compile_expression,
    nodes,
    parse,
    references,
)
from survey.logic.form_nodes import ItemNode, TableNode
from survey.logic.values import Scalar
from survey.questionnaire import UNASKED_KINDS, Choice, Group, Kind, Question, Questionnaire

Slot = tuple[str, str]
"""What changes when answers change: ("value", question), ("relevant", question or group) or ("count", repeat).
Inside a repeat a slot stands for all its instances."""

_YES = frozenset({"yes", "true", "true()", "1"})
_NO = frozenset({"", "no", "false", "false()", "0"})
_REFERENCE = re.compile(r"\$\{\s*([^{}\s]+)\s*\}")
_NAME = r"[^\W\d][\w.\-\u00b7]*"
_DEFAULT_TOKEN = re.compile(
    r"(?P<plain>-?\d{4}-\d{2}-\d{2}|\d{2}:\d{2}:\d{2}(?:[+-]\d{2}:\d{2}|Z)?|-?\d+\.\d*|-?\.\d+|-?\d+)"
    r"|(?P<sign>[*+\-]| mod | div )|(?P<union>\|)"
    r"""|(?P<text>"[^"]*"|'[^']*')|\s+"""
    rf"|(?P<call>{_NAME}(?::{_NAME})?\()|{_NAME}(?::{_NAME})?|.",
    re.DOTALL,
)
"""What pyxform's reader of expressions finds in a default, as far as it tells expressions from texts."""
_BY_CODE = frozenset({Kind.SELECT_ONE, Kind.SELECT_MULTIPLE})
_PLAIN = (Literal, Reference, Column, Negation, Chain)
_LASTING = frozenset({"not", "selected", "contains", "starts-with", "ends-with", "string-length", "true", "false"})
"""Functions that give the same for the same values, whenever and wherever they are asked."""
_HYPHENED = frozenset({Kind.DATE, Kind.DATETIME, Kind.GEOPOINT, Kind.GEOTRACE, Kind.GEOSHAPE})
"""Kinds of which an answer may have a hyphen or minus in it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class CompiledQuestion:
    """A question and its expressions, None where it has none."""

    question: Question
    ancestors: tuple[str, ...]
    relevant: Expression | None
    required: Expression | None
    read_only: Expression | None
    constraint: Expression | None
    calculation: Expression | None
    choice_filter: Expression | None
    filter_reads: tuple[str, ...] | None
    """What the filter looks at where that is the choice and answers by choices outside of repeats alone, else None."""
    default: Expression | None
    seed: Expression | None
    """Of the order of shuffled choices."""
    triggers: frozenset[str]
    choices: tuple[Choice, ...]
    exclusive: frozenset[str]
    """Of a multiple choice, the codes with which no other goes."""
    listed: Mapping[str, Choice]
    """The choices by their names."""
    only_listed: bool
    """True when one of these is all that is asked of an answer."""

    @property
    def computed(self) -> bool:
        """True when the form computes the value and nobody types it."""
        return self.calculation is not None and not self.triggers

    @property
    def answerable(self) -> bool:
        """True when somebody answers it."""
        return self.question.kind not in UNASKED_KINDS and not self.computed


class Items:
    """The choices of a list, each with the node that a filter looks at."""

    __slots__ = ("by_code", "ordered")

    def __init__(self, choices: Iterable[Choice]) -> None:
        self.ordered = tuple(
            (each, ItemNode({**each.attributes, "name": each.name, "label": each.label.in_language("", "")}))
            for each in choices
        )
        self.by_code: dict[str, list[tuple[Choice, ItemNode]]] = {}
        for item in self.ordered:
            self.by_code.setdefault(item[0].name, []).append(item)


@dataclass(frozen=True, slots=True, kw_only=True)
class Job:
    """What brings a slot up to date. `expression` is its relevance, count or calculation, `parent` the group around."""

    slot: Slot
    definition: Definition
    expression: Expression | None
    parent: str
    plain: bool
    """True for the relevance of what is in no repeat."""
    waiting: tuple[int, ...]
    """Places of the jobs that depend on it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class CompiledForm:
    """A questionnaire ready to be opened any number of times; immutable, so it may be shared and cached."""

    questionnaire: Questionnaire
    questions: Mapping[str, CompiledQuestion]
    groups: Mapping[str, Expression | None]
    counts: Mapping[str, Expression | None]
    """Of each repeat: how many instances; None when the respondent decides."""
    counted_by: Mapping[str, frozenset[str]]
    """Repeats whose count is the answer to this question and nothing else."""
    parents: Mapping[str, str]
    """Innermost group of each question and group that has one."""
    definitions: Mapping[str, Definition]
    lists: Mapping[str, Mapping[str, Choice]]
    """Choices of each list by name."""
    followers: Mapping[str, tuple[str, ...]]
    """Questions that a change of this one triggers."""
    instances: dict[str, TableNode] = field(default_factory=dict)
    """Lists and tables as nodes, each made when it is first asked for."""
    items: dict[str, Items] = field(default_factory=dict)
    """Choices of each list as a filter sees them, made when first asked for."""
    offered: dict[tuple[str, tuple[Scalar, ...]], tuple[Choice, ...]] = field(default_factory=dict)
    """What filters have let through, by the question and the answers that its filter reads."""
    accepted: dict[tuple[str, tuple[Scalar, ...], str], bool] = field(default_factory=dict)
    """Whether a filter lets a choice through, by the question, the answers that the filter reads, and the code."""
    indexes: dict[tuple[str, str], Mapping[str, Mapping[str, str]]] = field(default_factory=dict)
    """Rows of tables by the cells of a column, made when first asked for."""
    drivers: dict[str, frozenset[str]] = field(default_factory=dict)
    """What `drivers` found for each section, by its name."""
    untranslated: dict[tuple[str, str], bool] = field(default_factory=dict)
    """What `survey.asking` found of a language and a section, by their names, "" for all sections."""
    jobs: tuple[Job, ...]
    """Of every slot, after all those it depends on."""
    opening: tuple[Job, ...]
    """Those that have something to do when a form is opened."""
    outside: tuple[CompiledQuestion, ...]
    """The questions that are in no repeat."""
    answerable: Mapping[str, CompiledQuestion]
    """Of these the ones that people answer, by their names."""
    made: tuple[CompiledQuestion, ...]
    """Of these the others."""
    flat: tuple[tuple[str, CompiledQuestion], ...]
    """Every question with its name, in order, where the form has no repeats."""
    steady: Mapping[str, bool]
    """Questions and groups outside of repeats that are relevant whatever is answered, each with True."""
    lasting: frozenset[str]
    """Questions of which an answer changes at most what is relevant: nothing is computed or counted from it, no
    instance or trigger comes of it."""
    places: Mapping[Slot, int]
    """Where each slot stands among the jobs."""
    dependents: Mapping[Slot, tuple[Slot, ...]]

    def has(self, name: str) -> bool:
        """True when a question or group is called so."""
        return name in self.questions or name in self.groups


def compile_form(questionnaire: Questionnaire) -> CompiledForm:
    """The questionnaire, compiled.

    Raises InvalidInput: questionnaire.duplicate_name, questionnaire.expression (with question, column and the fault),
    questionnaire.unknown_reference, questionnaire.cycle (with the names).
    """
    compiler = _Compiler(questionnaire)
    compiler.walk(questionnaire.children, ())
    return compiler.form()


def _has_to_do(job: Job, steady: frozenset[str]) -> bool:
    part, name = job.slot
    return name not in steady if part == "relevant" else part == "count" or job.expression is not None


def is_dynamic(default: str, kind: Kind = Kind.TEXT) -> bool:
    """True when a default is an expression and not a text, by the rule of pyxform, which all tools follow."""
    if "${" in default:
        return True
    for token in _DEFAULT_TOKEN.finditer(default):
        if token["sign"] == "-" and kind in _HYPHENED:
            return False
        if token["sign"] or token["union"] or token["call"]:
            return True
    return False


def flag_expression(text: str) -> str:
    """A yes-or-no cell as an expression; "" for no."""
    lowered = text.strip().lower()
    if lowered in _YES:
        return "true()"
    return "" if lowered in _NO else text


def dependency_cycle(edges: Mapping[Slot, frozenset[Slot]]) -> tuple[str, ...]:
    """Names on a circle of slots that wait for each other, () when there is none."""
    try:
        TopologicalSorter(edges).prepare()
    except CycleError as error:
        return tuple(dict.fromkeys(name for _, name in error.args[1]))
    return ()


def edges_of(questionnaire: Questionnaire, parse_text: Callable[[str], Tree] = parse) -> dict[Slot, frozenset[Slot]]:
    """For each slot the slots it depends on, in document order; unreadable expressions count as reading nothing."""
    edges: dict[Slot, frozenset[Slot]] = {}
    known = definitions_of(questionnaire)
    roots = root_names(questionnaire)

    def read(text: str, owner: Definition) -> frozenset[Slot]:
        if not text:
            return frozenset()
        try:
            looked_at = read_by(parse_text(text), owner, known, roots)
        except ExpressionError:
            return frozenset()
        found: set[Slot] = set()
        for each in looked_at:
            if each.name:
                found.add(("relevant", each.name))
            if each.is_question:
                found.add(("value", each.name))
            # A value in another repeat is there as often as that repeat has instances.
            found.update(("count", repeat) for repeat in each.repeats if repeat not in owner.around)
        return frozenset(found)

    def walk(children: tuple[Group | Question, ...], parent: str) -> None:
        for child in children:
            own = known[child.name]
            above: set[Slot] = {("count", repeat) for repeat in own.around}
            if parent:
                above.add(("relevant", parent))
            edges["relevant", child.name] = frozenset(above) | read(child.relevant, own)
            if isinstance(child, Group):
                if child.repeats:
                    edges["count", child.name] = frozenset(above) | read(child.repeat_count, own) - {
                        ("count", child.name)
                    }
                walk(child.children, child.name)
            elif child.calculation and not child.trigger:
                edges["value", child.name] = read(child.calculation, own) - {("relevant", child.name)}
                edges["value", child.name] |= frozenset(("count", repeat) for repeat in own.around)
            else:
                edges["value", child.name] = frozenset(("count", repeat) for repeat in own.around)

    walk(questionnaire.children, "")
    return edges


def drivers(form: CompiledForm, section: Group) -> frozenset[str]:
    """Questions of a section on which something that is shown in it depends: an answer to one redraws the section."""
    if section.name not in form.drivers:
        form.drivers[section.name] = _drivers(form, section)
    return form.drivers[section.name]


def _drivers(form: CompiledForm, section: Group) -> frozenset[str]:
    inside = {each.name for each in _elements(section.children)} | {section.name}
    shown: set[Slot] = {(part, name) for name in inside for part in ("relevant", "count")}
    for each in _elements(section.children):
        names = _REFERENCE.findall(
            " ".join(words for text in (each.label, each.hint) for words in text.by_tag.values())
        )
        if isinstance(each, Question):
            if each.calculation:
                shown.add(("value", each.name))
            for text in (each.choice_filter, each.required, each.read_only, each.parameters.get("seed", "")):
                names += _names_in(text, form.definitions[each.name], form)
        shown.update(("value", name) for name in names)

    def reaches(slot: Slot) -> bool:
        waiting, met = [slot], {slot}
        while waiting:
            now = waiting.pop()
            if now in shown:
                return True
            further = set(form.dependents.get(now, ())) - met
            met |= further
            waiting += further
        return False

    return frozenset(
        each.name
        for each in _elements(section.children)
        if isinstance(each, Question) and reaches(("value", each.name))
    )


def _names_in(text: str, owner: Definition, form: CompiledForm) -> list[str]:
    """The questions that a cell of `owner` reads whenever it is shown."""
    if not text:
        return []
    try:
        roots = root_names(form.questionnaire)
        read = read_by(parse(flag_expression(text)), owner, dict(form.definitions), roots, of_choice=True)
    except ExpressionError:
        return []
    return [each.name for each in read]


def _elements(children: Iterable[Group | Question]) -> Iterator[Group | Question]:
    for child in children:
        yield child
        if isinstance(child, Group):
            yield from _elements(child.children)


class _Compiler:
    """Collects what a CompiledForm holds while it walks over the questionnaire."""

    def __init__(self, questionnaire: Questionnaire) -> None:
        self._questionnaire = questionnaire
        self._known = definitions_of(questionnaire)
        self._roots = root_names(questionnaire)
        self._lists: dict[str, Mapping[str, Choice]] = {
            name: {choice.name: choice for choice in reversed(choices)}
            for name, choices in questionnaire.choice_lists.items()
        }
        self._single = frozenset(name for name, each in self._known.items() if each.is_question and not each.repeats)
        self._counts: dict[str, Expression | None] = {}
        self._counted_by: dict[str, set[str]] = {}
        self._questions: dict[str, CompiledQuestion] = {}
        self._groups: dict[str, Expression | None] = {}
        self._parents: dict[str, str] = {}

    def walk(self, children: tuple[Group | Question, ...], ancestors: tuple[str, ...]) -> None:
        """Compiles the children and all below them."""
        for child in children:
            if child.name in self._questions or child.name in self._groups:
                raise InvalidInput("questionnaire.duplicate_name", name=child.name, row=child.row)
            if ancestors:
                self._parents[child.name] = ancestors[-1]
            if isinstance(child, Group):
                if child.repeats:
                    self._counts[child.name] = self._expression(child, "repeat_count", child.repeat_count)
                    if counted := _REFERENCE.fullmatch(child.repeat_count.strip()):
                        self._counted_by.setdefault(counted[1], set()).add(child.name)
                self._groups[child.name] = self._expression(child, "relevant", child.relevant)
                self.walk(child.children, (*ancestors, child.name))
            else:
                self._questions[child.name] = self._question(child, ancestors)

    def form(self) -> CompiledForm:
        """All of it, in order."""
        edges = edges_of(self._questionnaire)
        cycle = dependency_cycle(edges)
        if cycle:
            raise InvalidInput("questionnaire.cycle", names=cycle)
        dependents: dict[Slot, list[Slot]] = {}
        for slot, needed in edges.items():
            for other in sorted(needed):
                dependents.setdefault(other, []).append(slot)
        order = tuple(TopologicalSorter(edges).static_order())
        places = {slot: place for place, slot in enumerate(order)}
        jobs = tuple(
            self._job(slot, tuple(sorted(places[each] for each in dependents.get(slot, ())))) for slot in order
        )
        steady = self._steady()
        outside = tuple(each for name, each in self._questions.items() if not self._known[name].repeats)
        answerable = {each.question.name: each for each in outside if each.answerable}
        return CompiledForm(
            questionnaire=self._questionnaire,
            questions=self._questions,
            groups=self._groups,
            counts=self._counts,
            counted_by={name: frozenset(repeats) for name, repeats in self._counted_by.items()},
            parents=self._parents,
            definitions=self._known,
            lists=self._lists,
            followers=self._followers(),
            jobs=jobs,
            opening=tuple(job for job in jobs if _has_to_do(job, steady)),
            outside=outside,
            answerable=answerable,
            made=tuple(each for each in outside if not each.answerable),
            flat=() if self._counts else tuple(self._questions.items()),
            steady=dict.fromkeys(steady, True),
            lasting=self._lasting(jobs, places),
            places=places,
            dependents={slot: tuple(found) for slot, found in dependents.items()},
        )

    def _job(self, slot: Slot, waiting: tuple[int, ...]) -> Job:
        part, name = slot
        expression: Expression | None
        if part == "count":
            expression = self._counts[name]
        elif part == "value":
            compiled = self._questions[name]
            expression = compiled.calculation if compiled.computed else None
        else:
            expression = self._questions[name].relevant if name in self._questions else self._groups[name]
        return Job(
            slot=slot,
            definition=self._known[name],
            expression=expression,
            parent=self._parents.get(name, ""),
            plain=part == "relevant" and not self._known[name].around,
            waiting=waiting,
        )

    def _steady(self) -> frozenset[str]:
        found: set[str] = set()
        for name, each in self._known.items():  # groups stand before what is in them
            if not name or each.around:
                continue
            expression = self._questions[name].relevant if name in self._questions else self._groups[name]
            parent = self._parents.get(name, "")
            if expression is None and (not parent or parent in found):
                found.add(name)
        return frozenset(found)

    def _lasting(self, jobs: tuple[Job, ...], places: Mapping[Slot, int]) -> frozenset[str]:
        only_relevance: dict[int, bool] = {}
        for place in reversed(range(len(jobs))):
            waiting = jobs[place].waiting
            only_relevance[place] = all(jobs[each].slot[0] == "relevant" and only_relevance[each] for each in waiting)
        followed = {trigger for compiled in self._questions.values() for trigger in compiled.triggers}
        return frozenset(
            name
            for name, compiled in self._questions.items()
            if not self._known[name].repeats
            and compiled.question.kind not in UNASKED_KINDS
            and not compiled.computed
            and name not in followed
            and compiled.read_only is None
            and only_relevance[places["value", name]]
        )

    def _followers(self) -> dict[str, tuple[str, ...]]:
        followers: dict[str, list[str]] = {}
        for name, compiled in self._questions.items():
            for trigger in sorted(compiled.triggers):
                followers.setdefault(trigger, []).append(name)
        return {name: tuple(found) for name, found in followers.items()}

    def _question(self, question: Question, ancestors: tuple[str, ...]) -> CompiledQuestion:
        return CompiledQuestion(
            question=question,
            ancestors=ancestors,
            relevant=self._expression(question, "relevant", question.relevant),
            required=self._expression(question, "required", flag_expression(question.required)),
            read_only=self._expression(question, "read_only", flag_expression(question.read_only)),
            constraint=self._expression(question, "constraint", question.constraint),
            calculation=self._expression(question, "calculation", question.calculation),
            choice_filter=self._expression(question, "choice_filter", question.choice_filter),
            filter_reads=self._filter_reads(question),
            default=self._expression(
                question, "default", question.default if is_dynamic(question.default, question.kind) else ""
            ),
            seed=self._expression(question, "parameters", question.parameters.get("seed", "")),
            triggers=frozenset(_REFERENCE.findall(question.trigger)),
            choices=self._questionnaire.choices(question),
            exclusive=self._questionnaire.exclusive(question),
            listed=self._lists.get(question.list_name, {}),
            only_listed=question.kind is Kind.SELECT_ONE and not question.choice_filter and not question.constraint,
        )

    def _filter_reads(self, question: Question) -> tuple[str, ...] | None:
        if not question.choice_filter or question.kind in UNASKED_KINDS:
            return None
        tree = parse(question.choice_filter)
        by_code = {each.name for each in self._questionnaire.questions() if each.kind in _BY_CODE}
        lasting = all(
            each.name in _LASTING if isinstance(each, Call) else isinstance(each, _PLAIN) for each in nodes(tree)
        )
        read = references(tree)
        return tuple(sorted(read)) if lasting and read <= by_code & self._single else None

    def _expression(self, owner: Question | Group, column: str, text: str) -> Expression | None:
        if not text:
            return None
        try:
            tree = parse(text)
            self._check_names(owner, column, tree)
            return compile_expression(tree, self._single)
        except ExpressionError as error:
            raise InvalidInput(
                "questionnaire.expression",
                name=owner.name,
                row=owner.row,
                column=column,
                fault=error.code,
                **error.params,
            ) from error

    def _check_names(self, owner: Question | Group, column: str, tree: Tree) -> None:
        unknown = sorted(references(tree) - self._known.keys())
        if unknown:
            raise InvalidInput(
                "questionnaire.unknown_reference", name=owner.name, row=owner.row, column=column, reference=unknown[0]
            )
        bare = sorted(columns(tree))
        if bare and column != "choice_filter":
            raise ExpressionError("expression.bare_name", bare_name=bare[0])
        of_choice = column == "choice_filter"
        read_by(tree, self._known[owner.name], self._known, self._roots, of_choice=of_choice)
