"""A questionnaire with its expressions compiled once and put in the order in which they depend on each other."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from graphlib import CycleError, TopologicalSorter

from data.errors import InvalidInput
from survey.logic.expression import Expression, ExpressionError, Tree, columns, compile_expression, parse, references
from survey.questionnaire import Choice, Group, Question, Questionnaire

Slot = tuple[str, str]
"""What changes when answers change: ("value", question) or ("relevant", question or group)."""

_YES = frozenset({"yes", "true", "true()", "1"})
_NO = frozenset({"", "no", "false", "false()", "0"})
_REFERENCE = re.compile(r"\$\{\s*([^{}\s]+)\s*\}")
_CALL = re.compile(r"\s*[a-z][a-z:-]*\s*\(.*\)\s*", re.DOTALL)


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
    default: Expression | None
    triggers: frozenset[str]
    choices: tuple[Choice, ...]

    @property
    def computed(self) -> bool:
        """True when the form computes the value and nobody types it."""
        return self.calculation is not None and not self.triggers


@dataclass(frozen=True, slots=True, kw_only=True)
class CompiledForm:
    """A questionnaire ready to be opened any number of times; immutable, so it may be shared and cached."""

    questionnaire: Questionnaire
    questions: Mapping[str, CompiledQuestion]
    groups: Mapping[str, Expression | None]
    parents: Mapping[str, str]
    """Innermost group of each question and group that has one."""
    order: tuple[Slot, ...]
    """Every slot after all those it depends on."""
    dependents: Mapping[Slot, tuple[Slot, ...]]


def compile_form(questionnaire: Questionnaire) -> CompiledForm:
    """The questionnaire, compiled.

    Raises InvalidInput: questionnaire.duplicate_name, questionnaire.unsupported (repeats), questionnaire.expression
    (with question, column and the fault), questionnaire.unknown_reference, questionnaire.cycle (with the names).
    """
    compiler = _Compiler(questionnaire)
    compiler.walk(questionnaire.children, ())
    return compiler.form()


def is_dynamic(default: str) -> bool:
    """True when a default is an expression: it reads a question or is a function call."""
    return "${" in default or bool(_CALL.fullmatch(default))


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


def edges_of(questionnaire: Questionnaire) -> dict[Slot, frozenset[Slot]]:
    """For each slot the slots it depends on, in document order; unreadable expressions count as reading nothing."""
    edges: dict[Slot, frozenset[Slot]] = {}
    known = {question.name for question in questionnaire.questions()}

    def effective(names: frozenset[str]) -> frozenset[Slot]:
        return frozenset((part, name) for name in names & known for part in ("value", "relevant"))

    def walk(children: tuple[Group | Question, ...], parent: str) -> None:
        above: frozenset[Slot] = frozenset({("relevant", parent)}) if parent else frozenset()
        for child in children:
            edges["relevant", child.name] = above | effective(_read_names(child.relevant))
            if isinstance(child, Group):
                walk(child.children, child.name)
            elif child.calculation and not child.trigger:
                edges["value", child.name] = effective(_read_names(child.calculation)) - {("relevant", child.name)}
            else:
                edges["value", child.name] = frozenset()

    walk(questionnaire.children, "")
    return edges


def _read_names(text: str) -> frozenset[str]:
    try:
        return references(parse(text)) if text else frozenset()
    except ExpressionError:
        return frozenset()


class _Compiler:
    """Collects what a CompiledForm holds while it walks over the questionnaire."""

    def __init__(self, questionnaire: Questionnaire) -> None:
        self._questionnaire = questionnaire
        self._known = {question.name for question in questionnaire.questions()}
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
                    raise InvalidInput("questionnaire.unsupported", name=child.name, row=child.row)
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
        return CompiledForm(
            questionnaire=self._questionnaire,
            questions=self._questions,
            groups=self._groups,
            parents=self._parents,
            order=tuple(TopologicalSorter(edges).static_order()),
            dependents={slot: tuple(found) for slot, found in dependents.items()},
        )

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
            default=self._expression(question, "default", question.default if is_dynamic(question.default) else ""),
            triggers=frozenset(_REFERENCE.findall(question.trigger)),
            choices=self._questionnaire.choices(question),
        )

    def _expression(self, owner: Question | Group, column: str, text: str) -> Expression | None:
        if not text:
            return None
        try:
            tree = parse(text)
            self._check_names(owner, column, tree)
            return compile_expression(tree)
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
        unknown = sorted(references(tree) - self._known)
        if unknown:
            raise InvalidInput(
                "questionnaire.unknown_reference", name=owner.name, row=owner.row, column=column, reference=unknown[0]
            )
        bare = sorted(columns(tree))
        if bare and column != "choice_filter":
            raise ExpressionError("expression.bare_name", bare_name=bare[0])
