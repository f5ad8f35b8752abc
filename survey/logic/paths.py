"""Paths: from nodes to nodes, step by step, over the axes child, parent and self, with predicates.

Every node that is looked at counts as a step of the evaluation, which is bounded (`EvaluationContext.count`).
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Literal

from survey.logic.values import EvaluationContext, Node, Value, to_boolean

Compiled = Callable[[EvaluationContext], Value]


@dataclass(frozen=True, slots=True)
class Walk:
    """A step, compiled: where to, the name of children ("*": all), and what must hold there."""

    axis: Literal["child", "parent", "self"]
    name: str
    predicates: tuple[Compiled, ...] = ()


def path(start: Compiled | None, walks: tuple[Walk, ...]) -> Compiled:
    """The nodes that the steps lead to, from where `start` says or, without it, from the context's own node."""

    def run(context: EvaluationContext) -> Value:
        if start is None:
            found: Value = () if context.node is None else (context.node,)
        else:
            found = start(context)
        if not isinstance(found, tuple):
            return found if not walks else ()
        for walk in walks:
            found = _step(context, found, walk)
        return found

    return run


def union(parts: tuple[Compiled, ...]) -> Compiled:
    """The nodes of all parts, each once."""

    def run(context: EvaluationContext) -> Value:
        found: list[Node] = []
        for part in parts:
            value = part(context)
            if isinstance(value, tuple):
                found += value
        return tuple(dict.fromkeys(found))

    return run


def _step(context: EvaluationContext, begun: tuple[Node, ...], walk: Walk) -> tuple[Node, ...]:
    found: list[Node] = []
    for node in begun:
        if walk.axis == "child":
            reached: list[Node] = list(node.children(walk.name))
        elif walk.axis == "parent":
            above = node.parent()
            reached = [] if above is None else [above]
        else:
            reached = [node]
        context.count(1 + len(reached))
        if walk.axis == "child":  # a position counts among the children of one node
            reached = _kept(context, reached, walk)
        found += reached
    unique = list(dict.fromkeys(found)) if walk.axis == "parent" else found
    return tuple(unique if walk.axis == "child" else _kept(context, unique, walk))


def _kept(context: EvaluationContext, reached: list[Node], walk: Walk) -> list[Node]:
    outside = context.node, context.current, context.position, context.size
    for predicate in walk.predicates:
        context.count(len(reached))
        context.size, kept = len(reached), []
        try:
            for place, node in enumerate(reached, start=1):
                context.node, context.current, context.position = node, node.value(), place
                held = predicate(context)
                if isinstance(held, float) and not isinstance(held, bool):
                    if held == place:
                        kept.append(node)
                elif to_boolean(held):
                    kept.append(node)
        finally:
            context.node, context.current, context.position, context.size = outside
        reached = kept
    return reached
