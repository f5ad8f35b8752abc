"""Questions that nobody is ever asked, conditions that always hold, constraints that no answer fulfils."""

from collections.abc import Iterator, Sequence

from survey.logic.expression import Call, Chain, Literal, Reference, Tree, nodes, references
from survey.questionnaire import UNASKED_KINDS, Group, Question
from survey.xlsform.checks.conditions import Budget, Search, fails_without_answers
from survey.xlsform.checks.form import Element, Form, issue_at, listed
from survey.xlsform.issues import CheckIssue

_BUDGET = 120_000
"""Evaluations for a whole form, about half a second."""
_LONGEST = 90

Conditions = tuple[tuple[Element, Tree], ...]


def check_reach(form: Form) -> Iterator[CheckIssue]:
    """Every condition and constraint that can never or always hold, in the order of the rows."""
    reach = _Reach(form)
    for element in form.elements:
        yield from reach.relevance(element)
        if isinstance(element, Question) and element.kind not in UNASKED_KINDS:
            yield from reach.constraint(element)


class _Reach:
    def __init__(self, form: Form) -> None:
        self._form = form
        self._budget = Budget(_BUDGET)
        self._search = Search(form, self._budget)
        self._answers = Search(form, self._budget, of_answer=True)
        self._limits: dict[tuple[object, ...], tuple[bool | None, bool | None]] = {}
        self._linked: dict[str, Conditions] = {}
        self._answered: dict[tuple[object, ...], bool | None] = {}
        self._never: set[str] = set()

    def relevance(self, element: Element) -> Iterator[CheckIssue]:
        """What is wrong with the condition under which the element is asked."""
        own = self._own(element)
        around = self._form.around[element.name]
        if not own or any(name in self._never for name in around):
            return
        tree = own[0][1]
        if not references(tree):
            if self._can_hold(own) is False:
                self._never.add(element.name)
                yield self._issue(element, "", severity_info=tree == Call("false", (), tree.position))
            return
        above = tuple(each for name in around for each in self._own(self._form.by_name[name]))
        drivers = self._drivers((*own, *above))
        known = not any(name in self._never for name in drivers)
        links = self._links(drivers) if known else ()
        if not known or self._can_hold((*own, *above, *links)) is not True:
            why = self._why_never(own, above, links)
            if why is not None:
                self._never.add(element.name)
                yield self._issue(element, why)
                return
        if known and not fails_without_answers(tree) and self._can_hold(own, negated=True) is False:
            yield issue_at(
                element,
                "relevance.always",
                "relevant",
                f"The condition of '{element.name}' always holds: {_short(element.relevant)}.",
                "Remove it, or join with 'and' what must not be.",
            )

    def _why_never(self, own: Conditions, above: Conditions, links: Conditions) -> str | None:
        """What else must hold so that the condition cannot, "" when it cannot by itself; None when it may hold."""
        if self._can_hold(own) is False:
            return ""
        if above and self._can_hold((*own, *above)) is False:
            return f" together with the condition of the group {listed((each.name for each, _ in above), 3)}"
        if links and self._can_hold((*own, *above, *links)) is False:
            return f" when {listed((each.name for each, _ in links), 3)} {'is' if len(links) == 1 else 'are'} asked"
        return None

    def constraint(self, question: Question) -> Iterator[CheckIssue]:
        """What is wrong with the limits of an answer."""
        tree = self._form.trees.get((question.name, "constraint"))
        if tree is None or question.calculation:
            return
        kept, broken = self._constraint(question, tree)
        if kept is False:
            yield issue_at(
                question,
                "constraint.never",
                "constraint",
                f"No answer to '{question.name}' can fulfil its constraint {_short(question.constraint)}.",
                "Look for an 'and' that should be 'or', and for < and > the wrong way round.",
                severity="error" if question.required == "true()" else "warning",
            )
        elif broken is False:
            yield issue_at(
                question,
                "constraint.always",
                "constraint",
                f"Every answer to '{question.name}' fulfils its constraint {_short(question.constraint)}.",
                "Remove it, or look for an 'or' that should be 'and'.",
            )

    def _constraint(self, question: Question, tree: Tree) -> tuple[bool | None, bool | None]:
        """Whether some answer can keep the constraint, and some break it; alike questions are searched once."""
        alike = (id(tree), question.kind, question.list_name, tuple(question.parameters.items()))
        key = (*alike, question.name) if references(tree) else alike
        if key not in self._limits:
            kept = self._answers.can_hold(((question, tree),))
            broken = self._answers.can_hold(((question, tree),), negated=True) if kept is not False else None
            self._limits[key] = (kept, broken)
        return self._limits[key]

    # Parts

    def _own(self, element: Element) -> Conditions:
        tree = self._form.trees.get((element.name, "relevant"))
        if tree is None or not references(tree) <= self._form.by_name.keys():
            return ()
        return ((element, tree),)

    def _drivers(self, conditions: Conditions) -> tuple[str, ...]:
        found = dict.fromkeys(
            node.name for _, tree in conditions for node in nodes(tree) if isinstance(node, Reference)
        )
        return tuple(name for name in found if name in self._form.questions)

    def _links(self, drivers: Sequence[str]) -> Conditions:
        """For each question that the conditions read: it is empty, or its own conditions hold."""
        for name in drivers:
            if name not in self._linked:
                self._linked[name] = self._link(self._form.questions[name])
        return tuple(each for name in drivers for each in self._linked[name])

    def _link(self, question: Question) -> Conditions:
        if question.calculation or question.kind in UNASKED_KINDS:
            return ()
        empty = Chain(Reference(question.name, 0), (("=", Literal("", 0)),), 0)
        around = (question.name, *self._form.around[question.name])
        found = [each for near in around for each in self._own(self._form.by_name[near])]
        return tuple((question, Chain(empty, (("or", tree),), 0)) for _, tree in found)

    def _can_hold(self, conditions: Conditions, *, negated: bool = False) -> bool | None:
        # Trees are known by their identity: those of one text are one, and all are kept as long as the form.
        key = (negated, *((self._form.definitions[each.name].repeats, id(tree)) for each, tree in conditions))
        if key not in self._answered:
            self._answered[key] = self._search.can_hold(conditions, negated=negated) if self._budget.left > 0 else None
        return self._answered[key]

    def _issue(self, element: Element, why: str, *, severity_info: bool = False) -> CheckIssue:
        text = f"'{element.name}' is never asked"
        if isinstance(element, Group):
            text = f"Nothing in the group '{element.name}' is ever asked"
        return issue_at(
            element,
            "relevance.never",
            "relevant",
            f"{text}: {_short(element.relevant)} cannot hold{why}.",
            "Nothing to do if it is switched off on purpose."
            if severity_info
            else "Write 'or' where one of several answers is enough, or correct the answers that it names.",
            severity="info" if severity_info else "warning",
        )


def _short(text: str) -> str:
    plain = " ".join(text.split())
    return plain if len(plain) <= _LONGEST else f"{plain[:_LONGEST]}..."
