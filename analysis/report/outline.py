"""The outline of a report that people put together: its items, in order, as they are kept.

An item names what it shows and holds the words that staff wrote; figures are looked up when the report is composed, so
none stands here but those that were accepted with a text (analysis/report/tokens.py).
"""

from collections.abc import Mapping
from dataclasses import dataclass, field, fields, replace
from enum import StrEnum
from typing import Any

from analysis.charts.choose import form_of
from analysis.charts.spec import Form
from analysis.findings.method import Method, method_of, parameters_of
from analysis.report.tree import Numbers
from data.errors import InvalidInput, NotFound

WORDS_LIMIT = 10_000
TITLE_LIMIT = 300
ITEMS_LIMIT = 200


class ItemKind(StrEnum):
    """What an item of a report is."""

    HEADING = "heading"
    TEXT = "text"
    PICTURE = "picture"
    """Of who answered."""
    CHART = "chart"
    FINDING = "finding"
    QUOTES = "quotes"
    RECOMMENDATIONS = "recommendations"


HOLDS: Mapping[ItemKind, frozenset[str]] = {
    ItemKind.HEADING: frozenset({"title"}),
    ItemKind.TEXT: frozenset({"text"}),
    ItemKind.PICTURE: frozenset({"title", "text", "picture"}),
    ItemKind.CHART: frozenset({"title", "text", "question", "filters", "by", "method", "form"}),
    ItemKind.FINDING: frozenset({"title", "text", "finding_id", "form"}),
    ItemKind.QUOTES: frozenset({"title", "text", "question", "filters"}),
    ItemKind.RECOMMENDATIONS: frozenset({"title"}),
}
"""What an item of each kind holds besides its key; the words of one that is no heading or text stand below it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Item:
    """One thing in a report.

    key       its name inside the report, for as long as the report is there; 0 for one that is not in it yet
    title     of a heading; of a picture, chart, finding or quotes instead of their own ("" keeps that)
    text      words of staff, which may hold tokens; so may the title
    picture   of who answered: one of `analysis.overview.PICTURES`
    by        variable whose values are compared; `method` what differs from the plain one, as in addresses
    form      of the chart; "" for the first that suits it, or for that in which the finding was kept
    accepted  token -> its value when the words were accepted
    """

    kind: ItemKind
    key: int = 0
    title: str = ""
    text: str = ""
    picture: str = ""
    question: str = ""
    filters: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    by: str = ""
    method: Mapping[str, str] = field(default_factory=dict)
    finding_id: int = 0
    form: str = ""
    accepted: Mapping[str, str] = field(default_factory=dict)

    @property
    def chosen_method(self) -> Method:
        """How the figures of a chart are computed."""
        return method_of(self.method)

    @property
    def chosen_form(self) -> Form | None:
        """The form of its chart, None where none was chosen; InvalidInput "form.unknown" for another word."""
        return form_of(self.form)

    @property
    def words(self) -> tuple[str, ...]:
        """Its texts that may hold tokens."""
        return tuple(each for each in (self.title, self.text) if each)


@dataclass(frozen=True, slots=True, kw_only=True)
class Outline:
    """The items of a report; `last_key` is the newest key that was given, so that none is given twice.

    numbers   where its charts are followed by the tables of their numbers
    accepted  token of the report's title -> its value when the title was accepted
    """

    items: tuple[Item, ...] = ()
    last_key: int = 0
    numbers: Numbers = Numbers.DOCUMENTS
    accepted: Mapping[str, str] = field(default_factory=dict)

    def item(self, key: int) -> Item:
        """The item of that key; NotFound "report.unknown_item"."""
        for each in self.items:
            if each.key == key:
                return each
        raise NotFound("report.unknown_item")

    def with_item(self, item: Item, *, after: int | None = None) -> "Outline":
        """With a new item behind the one of that key, in front of all for 0, else at the end.

        Raises  InvalidInput "report.too_many_items"; as `checked`.
        """
        if len(self.items) >= ITEMS_LIMIT:
            raise InvalidInput("report.too_many_items", limit=ITEMS_LIMIT)
        key = self.last_key + 1
        place = len(self.items) if after is None else self._place(after) + 1 if after else 0
        items = list(self.items)
        items.insert(place, replace(checked(item), key=key))
        return replace(self, items=tuple(items), last_key=key)

    def with_changed(self, item: Item) -> "Outline":
        """With this item in the place of the one that has its key."""
        self.item(item.key)
        items = tuple(checked(item) if each.key == item.key else each for each in self.items)
        return replace(self, items=items)

    def moved(self, key: int, steps: int) -> "Outline":
        """With an item moved up (negative) or down; at an end it stays there."""
        items = list(self.items)
        place = self._place(key)
        items.insert(max(0, min(len(items) - 1, place + steps)), items.pop(place))
        return replace(self, items=tuple(items))

    def without(self, key: int) -> "Outline":
        """Without that item."""
        place = self._place(key)
        return replace(self, items=self.items[:place] + self.items[place + 1 :])

    def _place(self, key: int) -> int:
        return self.items.index(self.item(key))


def checked(item: Item) -> Item:
    """The item with nothing but what its kind holds, trimmed.

    Raises  InvalidInput "report.item_too_long", "report.item_empty"; "method.unknown", "form.unknown".
    """
    plain = Item(kind=item.kind)
    values = {each.name: getattr(item, each.name) for each in fields(Item) if each.name in HOLDS[item.kind]}
    found = replace(plain, key=item.key, accepted=item.accepted, **values)
    found = replace(found, title=" ".join(found.title.split()), text=found.text.strip())
    if len(found.title) > TITLE_LIMIT:
        raise InvalidInput("report.item_too_long", limit=TITLE_LIMIT)
    if len(found.text) > WORDS_LIMIT:
        raise InvalidInput("report.item_too_long", limit=WORDS_LIMIT)
    needed = {
        ItemKind.HEADING: found.title,
        ItemKind.TEXT: found.text,
        ItemKind.PICTURE: found.picture,
        ItemKind.CHART: found.question,
        ItemKind.QUOTES: found.question,
        ItemKind.FINDING: found.finding_id,
    }
    if not needed.get(found.kind, True):
        raise InvalidInput("report.item_empty")
    form_of(found.form)
    method = dict(parameters_of(found.chosen_method))
    filters = {name: tuple(codes) for name, codes in sorted(found.filters.items()) if codes}
    return replace(found, method=method, filters=filters)


def to_json(outline: Outline) -> dict[str, Any]:
    """The outline as dicts, lists, strings and numbers; what an item does not hold is left out."""
    found: dict[str, Any] = {"last_key": outline.last_key, "items": [_item_json(each) for each in outline.items]}
    if outline.numbers is not Numbers.DOCUMENTS:
        found["numbers"] = outline.numbers.value
    if outline.accepted:
        found["accepted"] = dict(outline.accepted)
    return found


def from_json(kept: Mapping[str, Any]) -> Outline:
    """The outline that `to_json` was given."""
    return Outline(
        last_key=int(kept.get("last_key", 0)),
        numbers=Numbers(kept.get("numbers", Numbers.DOCUMENTS)),
        accepted=kept.get("accepted", {}),
        items=tuple(
            Item(
                **{
                    **each,
                    "kind": ItemKind(each["kind"]),
                    "filters": {name: tuple(codes) for name, codes in each.get("filters", {}).items()},
                }
            )
            for each in kept.get("items", ())
        ),
    )


def _item_json(item: Item) -> dict[str, Any]:
    plain = Item(kind=item.kind)
    found: dict[str, Any] = {"kind": item.kind.value, "key": item.key}
    for each in fields(Item):
        value = getattr(item, each.name)
        if each.name not in found and value != getattr(plain, each.name):
            found[each.name] = (
                {name: list(part) if isinstance(part, tuple) else part for name, part in value.items()}
                if isinstance(value, Mapping)
                else value
            )
    return found
