"""A card as JSON and back: how a kept finding holds its numbers as they were when it was kept.

The shape follows the fields of `analysis.findings.card`; a suppressed figure is the word "suppressed", which no number
can be. Nothing else is stored, so a frozen card tells no more than the card did.
"""

import types
from collections.abc import Mapping
from dataclasses import fields, is_dataclass
from datetime import datetime
from enum import Enum
from functools import cache
from typing import Any, Union, get_args, get_origin, get_type_hints

from analysis.dataset.arrays import CAUSES
from analysis.disclosure import SUPPRESSED, Suppressed
from analysis.findings.card import Card
from data.errors import InvalidInput


def to_json(card: Card) -> dict[str, Any]:
    """The card as dicts, lists, strings and numbers, ready for a JSON column."""
    frozen: dict[str, Any] = _freeze(card)
    return frozen


def from_json(frozen: Mapping[str, Any]) -> Card:
    """The card that `to_json` was given; fields added to cards since then take their defaults, or what older ones told.

    Raises InvalidInput "card.not_frozen" when the value is not a card.
    """
    try:
        card: Card = _thaw(_with_causes(frozen), Card)
    except (KeyError, TypeError, ValueError, AttributeError) as error:
        raise InvalidInput("card.not_frozen") from error
    return card


def _with_causes(frozen: Mapping[str, Any]) -> Mapping[str, Any]:
    """The card with the causes that its filters let through apart: older ones named them by their code among the
    values, in every language. An option whose label is exactly such a code cannot be told from it there, and becomes
    the cause."""
    if "filter_causes" in frozen:
        return frozen
    told = [(name, said.split(", ")) for name, said in frozen.get("filter_labels", ())]
    causes = [[cause for cause in dict.fromkeys(said) if cause in CAUSES] for _, said in told]
    if not any(causes):
        return frozen
    labels = [[name, ", ".join(value for value in said if value not in CAUSES)] for name, said in told]
    return {**frozen, "filter_labels": labels, "filter_causes": causes}


def _freeze(value: Any) -> Any:
    if is_dataclass(value):
        return {each.name: _freeze(getattr(value, each.name)) for each in fields(value)}
    if isinstance(value, Suppressed):
        return value.value
    if isinstance(value, Enum):
        return value.value
    if isinstance(value, datetime):
        return value.isoformat()
    if isinstance(value, Mapping):
        return {key: _freeze(inner) for key, inner in value.items()}
    if isinstance(value, tuple):
        return [_freeze(inner) for inner in value]
    return value


def _thaw(value: Any, wanted: Any) -> Any:
    """The value as the type says it was."""
    origin, inside = get_origin(wanted), get_args(wanted)
    if origin in (Union, types.UnionType):
        return _thaw_one_of(value, inside)
    if origin is tuple:
        each = (inside[0],) * len(value) if inside[-1] is Ellipsis else inside
        return tuple(_thaw(inner, kind) for inner, kind in zip(value, each, strict=True))
    if origin is Mapping:
        return {key: _thaw(inner, inside[1]) for key, inner in value.items()}
    if is_dataclass(wanted):
        kinds = _kinds(wanted)  # type: ignore[arg-type]
        return wanted(**{name: _thaw(inner, kinds[name]) for name, inner in value.items() if name in kinds})  # type: ignore[operator]
    if wanted is datetime:
        return datetime.fromisoformat(value)
    if wanted in (str, int, float, bool):
        return _thaw_scalar(value, wanted)
    return wanted(value)


def _thaw_one_of(value: Any, kinds: tuple[Any, ...]) -> Any:
    """One of several types: nothing, the suppressed value, or the remaining one."""
    if value is None and types.NoneType in kinds:
        return None
    if value == SUPPRESSED.value and Suppressed in kinds:
        return SUPPRESSED
    left = [kind for kind in kinds if kind not in (types.NoneType, Suppressed)]
    if len(left) > 1:  # a figure, or a value made of several
        left = [kind for kind in left if is_dataclass(kind) is isinstance(value, Mapping)]
    (kind,) = left
    return _thaw(value, kind)


def _thaw_scalar(value: Any, wanted: type) -> Any:
    # JSON knows one kind of number: a float may come back whole.
    if wanted is float and isinstance(value, int) and not isinstance(value, bool):
        return float(value)
    if not isinstance(value, wanted):
        raise TypeError(f"{value!r} is no {wanted.__name__}")
    return value


@cache
def _kinds(kind: type) -> dict[str, Any]:
    return get_type_hints(kind)
