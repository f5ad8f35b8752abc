"""The tree of a questionnaire's names: what stands in what, and where the paths of an expression lead.

What is worked out here without any answer decides in which order values are computed, and lets a checker say which
path leads nowhere.
"""

from collections.abc import Iterator
from dataclasses import dataclass, field

from survey.logic.expression import (
    Call,
    Chain,
    Column,
    Current,
    ExpressionError,
    Here,
    Negation,
    Path,
    Reference,
    Root,
    Step,
    Tree,
    Union,
)
from survey.questionnaire import Group, Question, Questionnaire


@dataclass(slots=True, kw_only=True, eq=False)
class Definition:
    """A question, a group, or with the name "" the form itself; made once and then only read.

    repeats  the repeats around it, the outermost first; of a repeat, with itself as the last.
    """

    name: str
    node: str
    parent: "Definition | None" = None
    repeats: tuple[str, ...] = ()
    is_repeat: bool = False
    is_question: bool = False
    children: dict[str, "Definition"] = field(default_factory=dict)

    @property
    def around(self) -> tuple[str, ...]:
        """The repeats around it, without itself."""
        return self.repeats[:-1] if self.is_repeat else self.repeats

    def inside(self) -> Iterator["Definition"]:
        """All that stands in it, at any depth."""
        for child in self.children.values():
            yield child
            yield from child.inside()


def definitions_of(questionnaire: Questionnaire) -> dict[str, Definition]:
    """Every question and group by name, in order; the form itself by ""."""
    root = Definition(name="", node="")
    found = {"": root}

    def walk(children: tuple[Group | Question, ...], parent: Definition) -> None:
        for child in children:
            repeats = isinstance(child, Group) and child.repeats
            made = Definition(
                name=child.name,
                node=child.node,
                parent=parent,
                repeats=(*parent.repeats, child.name) if repeats else parent.repeats,
                is_repeat=repeats,
                is_question=isinstance(child, Question),
            )
            found[child.name] = made
            parent.children.setdefault(child.node, made)
            if isinstance(child, Group):
                walk(child.children, made)

    walk(questionnaire.children, root)
    return found


def root_names(questionnaire: Questionnaire) -> frozenset[str]:
    """What an absolute path may call the form."""
    return frozenset({"data", questionnaire.form_id, questionnaire.settings.get("name", "data")})


def read_by(
    tree: Tree, owner: Definition, known: dict[str, Definition], roots: frozenset[str], *, of_choice: bool = False
) -> frozenset[Definition]:
    """The questions and groups that an expression of `owner` looks at.

    of_choice  the expression is a choice filter, whose relative paths begin at a choice.
    Raises ExpressionError expression.unknown_path for a path in the form that leads nowhere.
    """
    found: set[Definition] = set()

    def look(part: Tree, here: frozenset[Definition] | None) -> frozenset[Definition] | None:
        """What the part leads to; None where that is no place in the form."""
        match part:
            case Reference(name):
                reached = frozenset({known[name]}) if name in known else None
                found.update(reached or ())
                return reached
            case Current() | Here():
                return here
            case Column(name):
                return follow((Step("child", name),), here)
            case Root():
                return None
            case Path(start, steps):
                if isinstance(start, Root):
                    return follow(steps[1:], rooted(steps[0], part.position))
                return follow(steps, look(start, here))
            case Call("current", ()):
                return frozenset({owner})
            case Call("indexed-repeat", (Reference(name), *arguments)) if name in known:
                for repeat in arguments[::2]:
                    if isinstance(repeat, Reference) and repeat.name not in known[name].repeats:
                        raise ExpressionError("expression.indexed_repeat", position=repeat.position)
                for argument in part.arguments:
                    look(argument, here)
            case Call(arguments=parts) | Union(parts=parts):
                each = [look(argument, here) for argument in parts]
                return frozenset().union(*filter(None, each)) if isinstance(part, Union) else None
            case Negation(operand):
                look(operand, here)
            case Chain(first, rest):
                look(first, here)
                for _, operand in rest:
                    look(operand, here)
        return None

    def rooted(first: Step, position: int) -> frozenset[Definition]:
        if first.axis != "child" or first.name not in roots | {"*"}:
            raise ExpressionError("expression.unknown_path", position=position, step=first.name or "..")
        return frozenset({known[""]})

    def follow(steps: tuple[Step, ...], at: frozenset[Definition] | None) -> frozenset[Definition] | None:
        for step in steps:
            if at is not None:
                at = moved(step, at)
            for predicate in step.predicates:
                look(predicate, at)
        found.update(at or ())
        return at

    def moved(step: Step, at: frozenset[Definition]) -> frozenset[Definition]:
        if step.axis == "self":
            return at
        if step.axis == "parent":
            reached = frozenset(each.parent for each in at if each.parent is not None)
        elif step.name == "*":
            return frozenset(child for each in at for child in each.children.values())
        else:
            reached = frozenset(each.children[step.name] for each in at if step.name in each.children)
        if not reached:
            raise ExpressionError("expression.unknown_path", position=tree.position, step=step.name or "..")
        return reached

    look(tree, None if of_choice else frozenset({owner}))
    return frozenset(found)
