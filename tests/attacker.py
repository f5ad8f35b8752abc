"""Somebody who kept every released table and wants to know how many are in a small group.

A program of its own: it shares no line with `analysis.disclosure`, and knows tables only as (which replies, what is
counted, shown number or None). It writes down what any reader can write down, and asks for the least and the most.
"""

import itertools
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

import highspy

Cell = tuple[int, ...]


@dataclass
class Knowledge:
    """Unknown whole numbers, none negative, and sums of them that somebody was told."""

    unknowns: list[str] = field(default_factory=list)
    told: list[tuple[Mapping[str, float], float, float]] = field(default_factory=list)

    def tell(self, terms: Mapping[str, float], low: float, high: float) -> None:
        """low <= sum of the terms <= high."""
        for name in terms:
            if name not in self.unknowns:
                self.unknowns.append(name)
        self.told.append((dict(terms), low, high))

    def ranges_of(self, wanted: Sequence[Mapping[str, float]]) -> list[tuple[float, float]]:
        """The least and the most that each sum can be; infinity where nothing bounds it."""
        names = {name: i for i, name in enumerate(dict.fromkeys([*self.unknowns, *(n for w in wanted for n in w)]))}
        model = highspy.Highs()
        model.setOptionValue("output_flag", False)
        model.setOptionValue("threads", 1)
        model.addVars(len(names), [0.0] * len(names), [highspy.kHighsInf] * len(names))
        for parts, low, high in self.told:
            model.addRow(low, high, len(parts), [names[name] for name in parts], list(parts.values()))
        found = []
        for terms in wanted:
            ends = []
            for sense in (1.0, -1.0):
                costs = [0.0] * len(names)
                for name, weight in terms.items():
                    costs[names[name]] = sense * weight
                model.changeColsCost(len(names), list(range(len(names))), costs)
                model.run()
                status = model.getModelStatus()
                if status == highspy.HighsModelStatus.kOptimal:
                    ends.append(sense * model.getInfo().objective_function_value)
                elif status in (highspy.HighsModelStatus.kUnbounded, highspy.HighsModelStatus.kUnboundedOrInfeasible):
                    ends.append(-sense * float("inf"))
                else:
                    raise AssertionError(f"what was told contradicts itself: {status}")
            found.append((ends[0], ends[1]))
        return found

    def range_of(self, terms: Mapping[str, float]) -> tuple[float, float]:
        """The least and the most that one sum can be."""
        return self.ranges_of([terms])[0]


def cell_name(row: int, column: int) -> str:
    """The unknown of one cell of a table."""
    return f"x{row},{column}"


def knowledge_of_grid(shape: tuple[int, int], shown: Mapping[Cell, tuple[float, float] | None]) -> Knowledge:
    """What a two-way table tells: (row, column) -> bounds or None; -1 is a total."""
    known = Knowledge()
    for row, column in itertools.product(range(shape[0]), range(shape[1])):
        known.tell({cell_name(row, column): 1.0}, 0.0, highspy.kHighsInf)
    for (row, column), bounds in shown.items():
        if bounds is not None:
            known.tell(grid_terms(shape, row, column), *bounds)
    return known


def grid_terms(shape: tuple[int, int], row: int, column: int) -> dict[str, float]:
    """The cells that make up a cell or total."""
    rows = range(shape[0]) if row < 0 else [row]
    columns = range(shape[1]) if column < 0 else [column]
    return {cell_name(i, j): 1.0 for i in rows for j in columns}


def worlds_of_grid(
    shape: tuple[int, int], shown: Mapping[Cell, int | None], most: int
) -> Sequence[tuple[tuple[int, ...], ...]]:
    """Every table of whole numbers that agrees with what is shown: the strongest attack, for tiny tables."""
    rows_possible = []
    for row in range(shape[0]):
        total = shown.get((row, -1))
        fixed = [shown.get((row, column)) for column in range(shape[1])]
        choices = [[value] if value is not None else list(range(most + 1)) for value in fixed]
        rows_possible.append(
            [values for values in itertools.product(*choices) if total is None or sum(values) == total]
        )
    found = []
    for table in itertools.product(*rows_possible):
        columns = [sum(row[column] for row in table) for column in range(shape[1])]
        if all(shown.get((-1, column)) in (None, total) for column, total in enumerate(columns)) and shown.get(
            (-1, -1)
        ) in (None, sum(columns)):
            found.append(table)
    return found


View = Mapping[str, Sequence[str]]


def knowledge_of_views(
    tables: Sequence[tuple[View, Mapping[str, int | None], int | None, int | None]],
) -> tuple[Knowledge, list[dict[str, str]], list[str]]:
    """What several views of one question with exclusive parts tell, however they overlap.

    tables   (filters over single choices, part -> count or None, n or None, replies or None); parts that start with
             "?" are no valid answers
    Returns  the knowledge, the classes of replies that the views make (variable -> code, or "*" for all codes that no
             view names), and the parts
    """
    named: dict[str, list[str]] = {}
    for view, *_ in tables:
        for name, codes in view.items():
            named.setdefault(name, [])
            named[name] += [code for code in codes if code not in named[name]]
    classes = [
        dict(zip(named, values, strict=True))
        for values in itertools.product(*([*codes, "*"] for codes in named.values()))
    ]
    parts = list(dict.fromkeys(part for _, counts, *_ in tables for part in counts))
    known = Knowledge()
    for view, counts, n, replies in tables:
        inside = [i for i, each in enumerate(classes) if all(each[name] in codes for name, codes in view.items())]
        sums = {part: counts.get(part) for part in parts}
        for part, value in sums.items():
            if value is not None:
                known.tell({cell_name(i, parts.index(part)): 1.0 for i in inside}, value, value)
        for value, wanted in ((n, [p for p in parts if not p.startswith("?")]), (replies, parts)):
            if value is not None:
                known.tell({cell_name(i, parts.index(p)): 1.0 for i in inside for p in wanted}, value, value)
    return known, classes, parts
