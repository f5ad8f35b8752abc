"""The form under the checks: its questions, names, choices and expressions, each looked up or parsed once."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property

from survey.logic.compiled_form import flag_expression, is_dynamic
from survey.logic.definitions import Definition, definitions_of, root_names
from survey.logic.expression import Call, Chain, ExpressionError, Negation, Path, Tree, Union, parse
from survey.questionnaire import Choice, Group, Question, Questionnaire, Text
from survey.xlsform.catalogue import finding
from survey.xlsform.columns import choice_column_of
from survey.xlsform.issues import CheckIssue, Severity
from survey.xlsform.sheets import Sheets

Element = Group | Question

EXPRESSION_COLUMNS = (
    "relevant",
    "required",
    "read_only",
    "constraint",
    "calculation",
    "choice_filter",
    "default",
    "repeat_count",
)
WORDS = ("label", "hint", "constraint_message", "required_message")


@dataclass(frozen=True, slots=True, kw_only=True)
class Cell:
    """An expression where it stands; `tree` is None and `fault` says why when it cannot be read."""

    owner: Element
    column: str
    text: str
    tree: Tree | None
    fault: ExpressionError | None = None


class Form:
    """A workbook and the questionnaire read from it; what the checks look up is computed once."""

    def __init__(self, sheets: Sheets, questionnaire: Questionnaire) -> None:
        self.sheets = sheets
        self.questionnaire = questionnaire
        self.elements: tuple[Element, ...] = tuple(_elements(questionnaire.children))
        self.by_name: dict[str, Element] = {element.name: element for element in self.elements}
        self.questions = {each.name: each for each in self.elements if isinstance(each, Question)}
        self.groups = {each.name: each for each in self.elements if isinstance(each, Group)}
        self._parsed: dict[str, Tree | ExpressionError] = {}

    def parse(self, text: str) -> Tree:
        """The tree of the expression, read once; raises ExpressionError."""
        if text not in self._parsed:
            try:
                self._parsed[text] = parse(text)
            except ExpressionError as error:
                self._parsed[text] = error
        read = self._parsed[text]
        if isinstance(read, ExpressionError):
            raise read
        return read

    @cached_property
    def definitions(self) -> dict[str, Definition]:
        """Where every question and group stands."""
        return definitions_of(self.questionnaire)

    @cached_property
    def roots(self) -> frozenset[str]:
        """What an absolute path may call the form."""
        return root_names(self.questionnaire)

    @cached_property
    def codes(self) -> Mapping[str, Mapping[str, Choice]]:
        """Choices of each list by name."""
        return {
            name: {choice.name: choice for choice in choices}
            for name, choices in self.questionnaire.choice_lists.items()
        }

    @cached_property
    def around(self) -> Mapping[str, tuple[str, ...]]:
        """The groups and repeats around each question and group, the outermost first."""
        found: dict[str, tuple[str, ...]] = {}

        def walk(children: tuple[Element, ...], above: tuple[str, ...]) -> None:
            for child in children:
                found[child.name] = above
                if isinstance(child, Group):
                    walk(child.children, (*above, child.name))

        walk(self.questionnaire.children, ())
        return found

    @cached_property
    def cells(self) -> tuple[Cell, ...]:
        """Every expression of the survey sheet, in the order of the rows."""
        found: list[Cell] = []
        for element in self.elements:
            for column in EXPRESSION_COLUMNS:
                text = expression_of(element, column)
                if not text:
                    continue
                try:
                    found.append(Cell(owner=element, column=column, text=text, tree=self.parse(text)))
                except ExpressionError as error:
                    found.append(Cell(owner=element, column=column, text=text, tree=None, fault=error))
        return tuple(found)

    @cached_property
    def trees(self) -> Mapping[tuple[str, str], Tree]:
        """(name, column) -> the expression there, of those that can be read."""
        return {(cell.owner.name, cell.column): cell.tree for cell in self.cells if cell.tree is not None}

    @cached_property
    def cells_of_choices(self) -> tuple[Mapping[str, str], ...]:
        """The cells of each row of the choices sheet by column, "" for those it lacks."""
        empty = {"list_name": "", "name": ""}
        return tuple(
            empty | {choice_column_of(header).name: cell for header, cell in row.cells.items()}
            for row in self.sheets["choices"]
        )

    @cached_property
    def choice_rows(self) -> Mapping[tuple[str, str], int]:
        """(list, choice) -> row of the choices sheet."""
        rows: dict[tuple[str, str], int] = {}
        for row, cells in zip(self.sheets["choices"], self.cells_of_choices, strict=True):
            rows.setdefault((cells["list_name"], cells["name"]), row.number)
        return rows

    @cached_property
    def users(self) -> Mapping[str, tuple[Question, ...]]:
        """The questions of each list of choices."""
        found: dict[str, list[Question]] = {}
        for question in self.questions.values():
            if question.list_name:
                found.setdefault(question.list_name, []).append(question)
        return {name: tuple(each) for name, each in found.items()}

    def columns_of(self, question: Question) -> frozenset[str]:
        """The columns that a filter of the question's choices can read."""
        choices = self.questionnaire.choices(question)
        return frozenset({"name", "label"}.union(*(choice.attributes for choice in choices)))

    def words(self, text: Text) -> str:
        """The text as authors know it: in the default language."""
        return text.in_language(self.questionnaire.default_language)

    def is_single(self, name: str, owner: Element) -> bool:
        """True when ${name} means one value for the owner, because no other repeat stands around it."""
        around = self.definitions[owner.name].repeats
        return self.definitions[name].around == around[: len(self.definitions[name].around)]


def _elements(children: Iterable[Element]) -> Iterator[Element]:
    for child in children:
        yield child
        if isinstance(child, Group):
            yield from _elements(child.children)


def expression_of(element: Element, column: str) -> str:
    """The cell as an expression; "" when it holds none."""
    text = str(getattr(element, column, "")).strip()
    if column in ("required", "read_only"):
        return flag_expression(text)
    if column == "default" and not (isinstance(element, Question) and is_dynamic(text, element.kind)):
        return ""
    return text


def outer_nodes(tree: Tree) -> Iterator[Tree]:
    """Every node of the tree but those in predicates, where `.` and bare names mean something else."""
    yield tree
    match tree:
        case Negation(operand):
            yield from outer_nodes(operand)
        case Chain(first, rest):
            yield from outer_nodes(first)
            for _, operand in rest:
                yield from outer_nodes(operand)
        case Call(arguments=parts) | Union(parts=parts):
            for part in parts:
                yield from outer_nodes(part)
        case Path(start):
            yield from outer_nodes(start)


def issue_at(
    element: Element, code: str, column: str, message: str, fix: str, *, severity: Severity | None = None
) -> CheckIssue:
    """The finding at the element's row."""
    return finding(code, "survey", element.row, column, message, fix, severity=severity)


def listed(names: Iterable[str], limit: int = 12) -> str:
    """The names with commas between; how many there are when they are too many."""
    found = list(names)
    return ", ".join(found[:limit]) + (f" and {len(found) - limit} more" if len(found) > limit else "")
