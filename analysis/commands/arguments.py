"""What commands are told in the same words: of which consultation, for whom, of which part, by which methods."""

import argparse
from collections.abc import Sequence
from dataclasses import replace
from enum import StrEnum
from typing import TypeAlias

from analysis.disclosure import Audience
from analysis.findings import method as methods
from analysis.findings.method import (
    PLAIN,
    Correction,
    Interval,
    Method,
    Strength,
    Unranked,
    WeightKind,
)
from analysis.opened_data import Filters
from data.errors import InvalidInput
from data.settings import read_settings
from data.store import Store, open_store

Commands: TypeAlias = "argparse._SubParsersAction[argparse.ArgumentParser]"


def add_slug(parser: argparse.ArgumentParser) -> None:
    """Takes the consultation's slug, and can print JSON."""
    parser.add_argument("slug", metavar="SLUG")
    add_json(parser)


def add_json(parser: argparse.ArgumentParser) -> None:
    """Can print JSON instead of lines for people."""
    parser.add_argument("--json", action="store_true", help="print one JSON document")


def add_language(parser: argparse.ArgumentParser) -> None:
    """Takes the language of labels; it need not be one of the program."""
    parser.add_argument("--language", default="en", help="tag of the language of labels")


def add_audience(parser: argparse.ArgumentParser) -> None:
    """Takes the audience under whose policy figures are shown."""
    parser.add_argument("--audience", choices=[str(a) for a in Audience], default=str(Audience.MEETING))


def add_filter(parser: argparse.ArgumentParser) -> None:
    """Takes pairs for `filters_of`."""
    parser.add_argument("--filter", action="append", default=[], metavar="NAME=VALUE", help="may be given repeatedly")


def add_view(parser: argparse.ArgumentParser) -> None:
    """Takes a part of the replies, of the present or a frozen state."""
    add_filter(parser)
    add_snapshot(parser)


def add_snapshot(parser: argparse.ArgumentParser) -> None:
    """Takes a frozen state."""
    parser.add_argument("--snapshot", default="", metavar="HASH", help="of this frozen state instead of the present")


def opened() -> Store:
    """The store of the settings."""
    return open_store(read_settings())


def filters_of(pairs: Sequence[str], snapshot: str = "") -> Filters:
    """Pairs NAME=VALUE as filters; values of one name stand beside each other."""
    chosen: dict[str, list[str]] = {}
    for pair in pairs:
        name, sign, code = pair.partition("=")
        if not sign or not name or not code:
            raise InvalidInput("filter.unreadable", text=pair)
        chosen.setdefault(name, []).append(code)
    return Filters.of(chosen, snapshot=snapshot)


def method_of(arguments: argparse.Namespace) -> Method:
    """The methods that `add_method` asked for.

    Raises  InvalidInput "weights.bounds".
    """
    return replace(
        weights_of(arguments),
        interval=Interval(arguments.interval),
        letters=arguments.letters,
        correction=Correction(arguments.correction),
        joined=arguments.join,
        unranked=Unranked(arguments.unranked),
        strength=Strength(arguments.strength),
    )


def weights_of(arguments: argparse.Namespace) -> Method:
    """The weights that `add_weights` asked for.

    Raises  InvalidInput "weights.bounds".
    """
    lowest, highest = arguments.bounds
    return methods.method_of(
        {
            "weights": arguments.weights,
            "lowest": lowest,
            "highest": highest,
            "trim": methods.written(arguments.trim),
            "margins": methods.written(arguments.margin),
        }
    )


def add_choice(parser: argparse.ArgumentParser, name: str, kinds: type[StrEnum], default: StrEnum, told: str) -> None:
    """Takes one of an enumeration."""
    choices = [str(kind) for kind in kinds]
    parser.add_argument(name, choices=choices, default=str(default), help=f"{told}; {default} unless told otherwise")


def add_weights(parser: argparse.ArgumentParser, default: WeightKind) -> None:
    """Takes the weights of figures."""
    add_choice(parser, "--weights", WeightKind, default, "whose voice counts how much")
    told = "how often a reply may count; %(default)s unless told otherwise"
    bounds = (str(PLAIN.lowest), str(PLAIN.highest))
    parser.add_argument("--bounds", nargs=2, default=bounds, metavar=("LOW", "HIGH"), help=told)
    parser.add_argument("--trim", action="store_true", help="cut the weights to the bounds, which misses the frame")
    told = "weight by this variable of the contact list; may be given repeatedly; all unless told otherwise"
    parser.add_argument("--margin", action="append", default=[], metavar="NAME", help=told)


def add_method(parser: argparse.ArgumentParser) -> None:
    """Takes the methods of figures."""
    add_weights(parser, PLAIN.weights)
    add_choice(parser, "--interval", Interval, PLAIN.interval, "by what shares are bounded")
    parser.add_argument("--letters", action="store_true", help="compare the columns of --by, option by option")
    add_choice(parser, "--correction", Correction, PLAIN.correction, "for the many comparisons of --letters")
    parser.add_argument("--join", action="store_true", help="join the ballots of a ranking into one order")
    add_choice(parser, "--unranked", Unranked, PLAIN.unranked, "items that a ranking leaves out")
    add_choice(parser, "--strength", Strength, PLAIN.strength, "the variant of Schulze's method")
