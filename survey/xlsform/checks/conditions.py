"""Whether a condition can hold for any answers at all, decided over the answers that matter.

A condition is taken apart at `and`, `or` and `not` into comparisons. Each question in them gets the few answers between
which the comparisons can tell: the choices they name and one that they do not, the numbers they name and their
neighbours. What cannot be decided that way, such as today(), counts as free to be true or false, so that "cannot hold"
is said only of what is certain. The search is bounded; past the bound it says nothing.
"""

import math
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime

from survey.logic.expression import (
    Call,
    Chain,
    Current,
    EvaluationContext,
    ExpressionError,
    Literal,
    Negation,
    Path,
    Reference,
    Tree,
    Union,
    compile_expression,
    nodes,
    written,
)
from survey.logic.values import Scalar, to_boolean, to_number, to_text
from survey.questionnaire import Kind, Question
from survey.xlsform.checks.domains import MOST_VALUES, around, days_around, points_of, same, several
from survey.xlsform.checks.form import Element, Form

HERE = "."
"""The variable of the answer itself, in a constraint."""
_COMPARISONS = frozenset({"=", "!=", "<", "<=", ">", ">="})
_ORDERINGS = _COMPARISONS - {"=", "!="}
_UNDECIDED = frozenset(
    (
        *("today", "now", "random", "uuid", "pulldata", "instance", "current", "position", "last", "once", "jr:itext"),
        *("indexed-repeat", "count", "count-non-empty", "randomize", "jr:choice-name", "digest", "checklist"),
    )
)
_FINITE = frozenset({Kind.SELECT_ONE, Kind.ACKNOWLEDGE, Kind.RANGE})
_OTHER_TEXT = "\u2063"
"""A text that nobody names."""

Assignment = dict[str, Scalar | bool]
Test = Callable[[Assignment], bool]


@dataclass(slots=True)
class Budget:
    """How many evaluations are left for the whole form."""

    left: int


@dataclass(slots=True)
class _Use:
    """What the comparisons say about a question: the values they name, and whether every value may matter."""

    named: set[str] = field(default_factory=set)
    whole: bool = False
    counted: int = -1
    undecided: bool = False


@dataclass(frozen=True, slots=True)
class Part:
    """A condition that must hold: its test and the variables it reads."""

    test: Test
    variables: frozenset[str]


@dataclass(frozen=True, slots=True)
class _Atom:
    """What is known of a comparison wherever it stands; `tree` is kept, so that nothing else gets its identity.

    names  the questions that it reads, HERE for `.`
    """

    tree: Tree
    names: tuple[str, ...]
    undecidable: bool
    test: Test


class Search:
    """Finds out whether conditions can hold together; a condition comes with the question or group that it is of."""

    def __init__(self, form: Form, budget: Budget, *, of_answer: bool = False) -> None:
        """`of_answer`: the conditions are a constraint, in which `.` is the answer that is judged."""
        self._form = form
        self._budget = budget
        self._of_answer = of_answer
        self._known: dict[int, _Atom] = {}
        self._limits: dict[str, tuple[Callable[[float], bool], set[str]] | None] = {}

    def can_hold(
        self, conditions: Sequence[tuple[Element, Tree]], *, limit: int = 4_000, negated: bool = False
    ) -> bool | None:
        """True when some answers fulfil all conditions, False when none can, None when it was too much to find out.

        negated  asks whether some answers break all of them.
        """
        uses: dict[str, _Use] = {}
        for owner, tree in conditions:
            for atom in _atoms(tree):
                self._look(owner, atom, uses)
        domains: dict[str, tuple[Scalar | bool, ...]] = {}
        for name, use in uses.items():
            values = self._values(conditions[0][0], name, use)
            if values is None:
                use.undecided = True
            else:
                domains[name] = values
        trees = [(owner, Call("not", (tree,), 0) if negated else tree) for owner, tree in conditions]
        parts = [self._part(owner, each, uses, domains) for owner, tree in trees for each in _conjuncts(tree)]
        left = min(limit, self._budget.left)
        answer: bool | None = True
        for component in _components(parts):
            spent = _Counter(left)
            try:
                found = _search(component, domains, spent)
            except _TooMuchError:
                found = None
            left -= spent.count
            self._budget.left -= spent.count
            if found is False:
                return False
            if found is None:
                answer = None
        return answer

    # What is said about each question

    def _look(self, owner: Element, atom: Tree, uses: dict[str, _Use]) -> None:
        """Gathers how the atom uses each question."""
        names = self._variables(owner, atom)
        if self._atom(atom).undecidable or None in names:
            for name in names:
                if name is not None:
                    uses.setdefault(name, _Use())
            return
        for name in names:
            assert name is not None
            use = uses.setdefault(name, _Use())
            literal = _simple(atom, name)
            if literal is None or (isinstance(atom, Call) and self._kind(owner, name) is Kind.TEXT):
                use.whole = True
            elif isinstance(literal, int):
                use.counted = max(use.counted, literal)
            else:
                use.named.add(literal)
                if isinstance(atom, Chain) and atom.rest[0][0] in _ORDERINGS:
                    use.whole = use.whole or self._kind(owner, name) in _FINITE | {Kind.TEXT, Kind.SELECT_MULTIPLE}

    def _atom(self, tree: Tree) -> _Atom:
        """What is known of the comparison, worked out once."""
        known = self._known.get(id(tree))
        if known is None:
            names = tuple(
                node.name if isinstance(node, Reference) else HERE
                for node in nodes(tree)
                if isinstance(node, Reference | Current)
            )
            known = self._known[id(tree)] = _Atom(tree, names, _is_undecidable(tree), _compiled(tree))
        return known

    def _variables(self, owner: Element, atom: Tree) -> tuple[str | None, ...]:
        """The questions that the atom reads; None for what is no single answer."""
        return tuple(self._variable(owner, name) for name in self._atom(atom).names)

    def _variable(self, owner: Element, name: str) -> str | None:
        if name == HERE:
            return HERE if self._of_answer else None
        return name if name in self._form.questions and self._form.is_single(name, owner) else None

    def _question(self, owner: Element, name: str) -> Question | None:
        if name == HERE:
            return owner if isinstance(owner, Question) else None
        return self._form.questions.get(name)

    def _kind(self, owner: Element, name: str) -> Kind | None:
        question = self._question(owner, name)
        return question.kind if question else None

    def _values(self, owner: Element, name: str, use: _Use) -> tuple[Scalar | bool, ...] | None:
        """The answers between which the conditions can tell; None when they cannot be listed."""
        question = self._question(owner, name)
        if question is None or question.calculation:
            return None
        found = self._answers(question, use, bounded=name != HERE)
        if found is None or len(found) > MOST_VALUES:
            return None
        return tuple(value for value in found if value != "") if name == HERE else (*found, "")

    def _answers(self, question: Question, use: _Use, *, bounded: bool) -> Sequence[Scalar] | None:
        codes = list(self._form.codes.get(question.list_name, ()))
        match question.kind:
            case Kind.ACKNOWLEDGE:
                return ["OK"]
            case Kind.SELECT_ONE if codes:
                if use.whole:
                    return codes
                named = {code for code in codes if any(same(code, each) for each in use.named)}
                return [*named, *[code for code in codes if code not in named][:1]]
            case Kind.SELECT_MULTIPLE | Kind.RANK if codes and not use.whole:
                return several(codes, use.named, use.counted)
            case Kind.RANGE:
                return points_of(question)
            case Kind.INTEGER | Kind.DECIMAL if not use.whole:
                if bounded and question.name not in self._limits:
                    self._limits[question.name] = self._own_limits(question)
                limits = self._limits[question.name] if bounded else None
                points = around({*use.named, *(limits[1] if limits else ())}, whole=question.kind is Kind.INTEGER)
                return points if limits is None else [point for point in points if limits[0](to_number(point))]
            case Kind.DATE if not use.whole:
                return days_around(use.named)
            case Kind.TIME if not use.whole:
                return [*use.named, "00:00", "23:59"]
            case Kind.TEXT if not use.whole:
                return [*use.named, _OTHER_TEXT]
        return None

    def _own_limits(self, question: Question) -> tuple[Callable[[float], bool], set[str]] | None:
        """The test of a number's own constraint and the numbers it names; None when it says more than that."""
        tree = self._form.trees.get((question.name, "constraint"))
        if tree is None:
            return None
        named: set[str] = set()
        for atom in _atoms(tree):
            literal = _simple(atom, HERE)
            if (
                not isinstance(literal, str)
                or _is_undecidable(atom)
                or any(isinstance(n, Reference) for n in nodes(atom))
            ):
                return None
            named.add(literal)
        test = _compiled(tree)
        return (lambda point: test({HERE: point})), named

    # From trees to tests

    def _part(
        self, owner: Element, tree: Tree, uses: Mapping[str, _Use], domains: dict[str, tuple[Scalar | bool, ...]]
    ) -> Part:
        variables: set[str] = set()

        def build(node: Tree) -> Test:
            match node:
                case Chain(first, rest) if rest[0][0] in ("and", "or"):
                    tests = [build(first), *(build(each) for _, each in rest)]
                    if rest[0][0] == "and":
                        return lambda given: all(test(given) for test in tests)
                    return lambda given: any(test(given) for test in tests)
                case Call("not", (operand,)):
                    inner = build(operand)
                    return lambda given: not inner(given)
            names = self._variables(owner, node)
            atom = self._atom(node)
            if not atom.undecidable and all(
                name is not None and name in domains and not uses[name].undecided for name in names
            ):
                variables.update(name for name in names if name)
                return atom.test
            free = f"? {written(node)}"
            domains[free] = (True, False)
            variables.add(free)
            return lambda given: bool(given[free])

        test = build(tree)
        return Part(test, frozenset(variables))


def fails_without_answers(tree: Tree) -> bool:
    """True when the condition does not hold where nothing is answered: then it does not always hold."""
    return not _compiled(tree)({})


# Trees


def _conjuncts(tree: Tree) -> Iterator[Tree]:
    """What must hold each by itself; not(a or b) is not(a) and not(b)."""
    match tree:
        case Chain(first, rest) if rest[0][0] == "and":
            for part in (first, *(each for _, each in rest)):
                yield from _conjuncts(part)
        case Call("not", (Chain(first, rest),), position) if rest[0][0] == "or":
            for part in (first, *(each for _, each in rest)):
                yield from _conjuncts(Call("not", (part,), position))
        case Call("not", (Call("not", (operand,)),)):
            yield from _conjuncts(operand)
        case _:
            yield tree


def _atoms(tree: Tree) -> Iterator[Tree]:
    match tree:
        case Chain(first, rest) if rest[0][0] in ("and", "or"):
            for part in (first, *(each for _, each in rest)):
                yield from _atoms(part)
        case Call("not", (operand,)):
            yield from _atoms(operand)
        case _:
            yield tree


def _is_undecidable(atom: Tree) -> bool:
    return any(
        isinstance(node, Path | Union) or (isinstance(node, Call) and node.name in _UNDECIDED) for node in nodes(atom)
    )


def _simple(atom: Tree, name: str) -> str | int | None:
    """The value with which the atom compares the question and nothing else; an int for how many; None for more."""
    match atom:
        case Call("selected", (subject, Literal(value))) if _is_it(subject, name):
            return to_text(value).strip()
        case Chain(first, ((sign, second),)) if sign in _COMPARISONS:
            for one, other in ((first, second), (second, first)):
                constant = _constant(other)
                if constant is None:
                    continue
                if _is_it(one, name):
                    return constant
                match one:
                    case Call("number", (inner,)) if _is_it(inner, name):
                        return constant
                    case Call("count-selected", (inner,)) if _is_it(inner, name):
                        number = to_number(constant)
                        return int(min(max(number, 0), 50)) if not math.isnan(number) else None
    return None


def _is_it(node: Tree, name: str) -> bool:
    return isinstance(node, Current) if name == HERE else isinstance(node, Reference) and node.name == name


def _constant(node: Tree) -> str | None:
    match node:
        case Literal(value):
            return to_text(value)
        case Negation(Literal(value)):
            return to_text(-to_number(value))
        case Call("date", (Literal(value),)):
            return to_text(value)
    return None


def _compiled(tree: Tree) -> Test:
    evaluate = compile_expression(tree)
    given: Assignment = {}
    context = EvaluationContext(
        today=date(2000, 1, 1), now=datetime(2000, 1, 1, tzinfo=UTC), value=lambda name: given.get(name, "")
    )

    def test(answers: Assignment) -> bool:
        nonlocal given
        given = answers
        context.current = answers.get(HERE, "")
        try:
            return to_boolean(evaluate(context))
        except ExpressionError:
            return True

    return test


# Search


class _TooMuchError(Exception):
    pass


class _Counter:
    def __init__(self, limit: int) -> None:
        self.count = 0
        self._limit = limit

    def one(self) -> None:
        self.count += 1
        if self.count > self._limit:
            raise _TooMuchError


def _components(parts: Sequence[Part]) -> list[list[Part]]:
    """The parts that share variables, together; each group can be decided by itself."""
    groups: list[tuple[set[str], list[Part]]] = []
    for part in parts:
        joined: tuple[set[str], list[Part]] = (set(part.variables), [part])
        rest = []
        for group in groups:
            if group[0] & joined[0]:
                joined = (joined[0] | group[0], [*group[1], *joined[1]])
            else:
                rest.append(group)
        groups = [*rest, joined]
    return [group for _, group in groups]


def _search(parts: Sequence[Part], domains: Mapping[str, tuple[Scalar | bool, ...]], counter: _Counter) -> bool:
    """True when one assignment fulfils every part; each is tried as soon as its variables are known."""
    variables = sorted({name for part in parts for name in part.variables}, key=lambda name: len(domains[name]))
    ready: list[list[Part]] = [[] for _ in range(len(variables) + 1)]
    for part in parts:
        ready[max((variables.index(name) + 1 for name in part.variables), default=0)].append(part)
    given: Assignment = {}

    def extend(depth: int) -> bool:
        for part in ready[depth]:
            counter.one()
            if not part.test(given):
                return False
        if depth == len(variables):
            return True
        for value in domains[variables[depth]]:
            given[variables[depth]] = value
            if extend(depth + 1):
                return True
        return False

    return extend(0)
