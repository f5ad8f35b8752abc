"""Conditions, calculations and choices that wait for each other: every circle, at its first cell."""

from collections.abc import Iterable, Iterator, Mapping

from survey.logic.compiled_form import Slot, edges_of
from survey.logic.definitions import read_by
from survey.logic.expression import ExpressionError, references
from survey.questionnaire import Question
from survey.xlsform.checks.form import Form, issue_at, listed
from survey.xlsform.issues import CheckIssue

_COLUMNS = {"relevant": "relevant", "value": "calculation", "count": "repeat_count", "choices": "choice_filter"}
"""The cell from which a slot is computed."""

Edges = Mapping[Slot, frozenset[Slot]]


def check_cycles(form: Form) -> Iterator[CheckIssue]:
    """Every circle: first those that cannot be computed, then those that only pass through choices."""
    edges = edges_of(form.questionnaire, form.parse)
    reported: set[Slot] = set()
    for circle in circles(edges):
        reported |= circle
        yield from _of_values(form, circle)
    filters = dict(_filters(form))
    if not filters:
        return
    widened = {
        slot: (needed | {("choices", slot[1])} if ("choices", slot[1]) in filters and slot[0] == "value" else needed)
        for slot, needed in edges.items()
    }
    for circle in circles({slot: needed for slot, needed in (widened | filters).items() if slot not in reported}):
        yield from _of_choices(form, circle)


def circles(edges: Edges) -> Iterator[frozenset[Slot]]:
    """The slots that reach each other, circle by circle, in the order of the first slot of each."""
    left = _without_ends(edges)
    back: dict[Slot, set[Slot]] = {}
    for slot, needed in left.items():
        for other in needed:
            back.setdefault(other, set()).add(slot)
    met: set[Slot] = set()
    for slot in left:
        if slot in met:
            continue
        circle = _reached(slot, left) & _reached(slot, back)
        met |= circle
        if circle:
            yield frozenset(circle)


def _without_ends(edges: Edges) -> dict[Slot, frozenset[Slot]]:
    """What is left when all that waits for nothing is taken away, again and again: slots before or on a circle."""
    waiting: dict[Slot, list[Slot]] = {}
    count = {slot: sum(other in edges for other in needed) for slot, needed in edges.items()}
    for slot, needed in edges.items():
        for other in needed:
            waiting.setdefault(other, []).append(slot)
    free = [slot for slot, needed in count.items() if not needed]
    while free:
        gone = free.pop()
        del count[gone]
        for slot in waiting.get(gone, ()):
            count[slot] -= 1
            if not count[slot]:
                free.append(slot)
    return {slot: frozenset(other for other in edges[slot] if other in count) for slot in edges if slot in count}


def _reached(start: Slot, edges: Mapping[Slot, Iterable[Slot]]) -> set[Slot]:
    """All that can be reached from the slot in at least one step."""
    found: set[Slot] = set()
    waiting = [start]
    while waiting:
        further = set(edges.get(waiting.pop(), ())) - found
        found |= further
        waiting += further
    return found


def _filters(form: Form) -> Iterator[tuple[Slot, frozenset[Slot]]]:
    """What the choices of each question with a filter depend on."""
    for question in form.questions.values():
        tree = form.trees.get((question.name, "choice_filter"))
        if tree is None:
            continue
        owner = form.definitions[question.name]
        try:
            looked_at = read_by(tree, owner, form.definitions, form.roots, of_choice=True)
        except ExpressionError:
            continue  # reported as such
        needed = {("value", each.name) for each in looked_at if each.is_question}
        yield ("choices", question.name), frozenset(needed | {("relevant", name) for _, name in needed})


def _cells(form: Form, circle: frozenset[Slot]) -> list[tuple[int, str, str]]:
    """(row, column, name) of the cells on the circle, in the order of the rows."""
    found = [
        (element.row, _COLUMNS[part], name)
        for part, name in circle
        if getattr(element := form.by_name[name], _COLUMNS[part], "")
    ]
    return sorted(found)


def _of_values(form: Form, circle: frozenset[Slot]) -> Iterator[CheckIssue]:
    cells = _cells(form, circle)
    names = {name for _, name in circle}
    if not cells:
        return
    _, column, name = cells[0]
    element = form.by_name[name]
    if names == {name} and column == "calculation":
        yield issue_at(
            element,
            "calculation.itself",
            column,
            f"'{name}' is computed from itself.",
            "Take it out of its own calculation; to keep the first value write once(...).",
        )
    elif names == {name} and column == "relevant" and name in references(form.trees[name, column]):
        return  # told as relevance.itself
    else:
        ordered = dict.fromkeys(each for each in form.by_name if each in names)
        where = listed((f"{column} in row {row}" for row, column, _ in cells), 4)
        yield issue_at(
            element,
            "questionnaire.cycle",
            column,
            f"These wait for each other in a circle: {listed(ordered, 8)}.",
            f"Take one of the references out of {where}.",
        )


def _of_choices(form: Form, circle: frozenset[Slot]) -> Iterator[CheckIssue]:
    cells = [cell for cell in _cells(form, circle) if cell[1] == "choice_filter"]
    if not cells:
        return
    names = list(dict.fromkeys(name for _, _, name in cells))
    question = form.questions[names[0]]
    assert isinstance(question, Question)
    if {name for _, name in circle} == {question.name}:
        yield issue_at(
            question,
            "choice_filter.itself",
            "choice_filter",
            f"The choices of '{question.name}' depend on its own answer, so they change when it is given.",
            "Let them depend on earlier questions; what an answer must be belongs into constraint.",
        )
        return
    yield issue_at(
        question,
        "choice_filter.circle",
        "choice_filter",
        f"The choices of {listed(names, 8)} depend on answers that depend on them.",
        "Let each depend on earlier questions only; otherwise nothing to do.",
    )
