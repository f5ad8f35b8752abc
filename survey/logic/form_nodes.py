"""The places that paths walk over: questions and groups of a form being filled in, and the rows of a list or table."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Protocol

from survey.logic.definitions import Definition
from survey.logic.values import Node, Scalar


class Tree(Protocol):
    """What nodes ask of the form that they stand in."""

    def visible_value(self, definition: Definition, indices: tuple[int, ...]) -> Scalar:
        """The value there; "" when empty or not relevant."""

    def is_relevant(self, definition: Definition, indices: tuple[int, ...]) -> bool:
        """True when it is to be shown."""

    def count_of(self, repeat: Definition, indices: tuple[int, ...]) -> int:
        """How many instances of the repeat there are inside these."""


@dataclass(slots=True, eq=False)  # not frozen, which would make it three times as slow to make
class FormNode:
    """A question, a group or an instance of a repeat; `indices` are those of the repeats around, itself included."""

    tree: Tree
    definition: Definition
    indices: tuple[int, ...]

    def __eq__(self, other: object) -> bool:
        return isinstance(other, FormNode) and self.definition is other.definition and self.indices == other.indices

    def __hash__(self) -> int:
        return hash((self.definition.name, self.indices))

    def value(self) -> Scalar:
        """The answer, "" for none and for a group."""
        return self.tree.visible_value(self.definition, self.indices) if self.definition.is_question else ""

    def children(self, name: str) -> tuple[Node, ...]:
        """The relevant nodes of that name inside."""
        inside = self.definition.children
        wanted = inside.values() if name == "*" else [inside[name]] if name in inside else []
        return tuple(node for each in wanted for node in instances(self.tree, each, self.indices))

    def parent(self) -> Node | None:
        """The group, instance or form around."""
        above = self.definition.parent
        return None if above is None else FormNode(self.tree, above, self.indices[: len(above.repeats)])

    def position(self) -> int:
        """Of an instance, its number."""
        return self.indices[-1] if self.definition.is_repeat else 1


def instances(tree: Tree, definition: Definition, indices: tuple[int, ...]) -> tuple[FormNode, ...]:
    """The relevant nodes of a definition inside these instances: one, or each instance when it is a repeat."""
    if not tree.is_relevant(definition, indices):
        return ()
    if not definition.is_repeat:
        return (FormNode(tree, definition, indices),)
    return tuple(
        FormNode(tree, definition, (*indices, number)) for number in range(1, tree.count_of(definition, indices) + 1)
    )


@dataclass(frozen=True, slots=True, eq=False)
class ItemNode:
    """A row of a list or table, with a child for each column; a node is equal only to itself."""

    columns: Mapping[str, str]
    above: "TableNode | None" = None

    def value(self) -> Scalar:
        """Nothing: what counts stands in the columns."""
        return ""

    def children(self, name: str) -> tuple[Node, ...]:
        """The cell of that column."""
        if name == "*":
            return tuple(CellNode(cell, self) for cell in self.columns.values())
        return (CellNode(self.columns[name], self),) if name in self.columns else ()

    def parent(self) -> Node | None:
        """The list."""
        return self.above

    def position(self) -> int:
        """1: rows do not ask for their place."""
        return 1


@dataclass(frozen=True, slots=True, eq=False)
class CellNode:
    """One cell of a row."""

    text: str
    row: ItemNode

    def value(self) -> Scalar:
        """Its text."""
        return self.text

    def children(self, name: str) -> tuple[Node, ...]:
        """None."""
        return ()

    def parent(self) -> Node | None:
        """The row."""
        return self.row

    def position(self) -> int:
        """1."""
        return 1


class TableNode:
    """A list or table: `instance('x')` is it, `/root` is it again, `/item` its rows."""

    def __init__(self, rows: tuple[Mapping[str, str], ...]) -> None:
        self._rows = tuple(ItemNode(row, self) for row in rows)

    def value(self) -> Scalar:
        """Nothing."""
        return ""

    def children(self, name: str) -> tuple[Node, ...]:
        """The rows, or itself under the name root."""
        return (self,) if name == "root" else self._rows if name in ("item", "*") else ()

    def parent(self) -> Node | None:
        """None."""
        return None

    def position(self) -> int:
        """1."""
        return 1
