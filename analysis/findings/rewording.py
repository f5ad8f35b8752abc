"""Whether a question means the same in two states or waves: its words, those of its options, the sides of its scale."""

from collections.abc import Mapping
from dataclasses import dataclass

from analysis.dataset.arrays import Dataset
from analysis.dataset.codebook import Battery
from analysis.findings.scale import is_ordered, scale_of
from analysis.stats.scales import net_signs
from data.errors import InvalidInput
from survey.questionnaire import Text
from survey.versions.wording import likeness


@dataclass(frozen=True, slots=True, kw_only=True)
class Reworded:
    """A code whose words differ between the waves: its figures may not be of the same thing.

    code  of an option, of a point of a scale, name of an item; "" for the question itself
    """

    code: str
    earlier: str
    later: str


def reworded(question: str, earlier: Mapping[str, str], later: Mapping[str, str]) -> tuple[Reworded, ...]:
    """Codes of both waves whose words differ, whatever their case, marks and punctuation.

    earlier, later  code -> words, in one language
    Raises  InvalidInput "trend.recoded" when words of the earlier wave stand under another code in the later one, as on
            a scale that was turned round: the same codes then mean something else.
    """
    found = tuple(
        Reworded(code=code, earlier=earlier[code], later=words)
        for code, words in later.items()
        if code in earlier and likeness(earlier[code], words) < 1
    )
    places = {_plain(words): code for code, words in later.items()}
    for each in found:
        words = _plain(each.earlier)
        other = places.get(words, "")
        if other and _plain(earlier.get(other, "")) != words:
            raise InvalidInput("trend.recoded", question=question, words=each.earlier, choice=each.code, other=other)
    return found


def _plain(words: str) -> str:
    return " ".join(words.casefold().split())


def worded_otherwise(earlier: Dataset, later: Dataset, question: str, language: str) -> tuple[Reworded, ...]:
    """What the later of two data sets says in other words: the question, its options; the items and scale of a battery.

    language  in which it is told; another one where they do not both have the words in it
    Raises    as `reworded`; InvalidInput "trend.other_scale" when a point of a battery's scale has changed sides.
    """
    found: list[Reworded] = []
    for first, last in zip(_sheets(earlier, question), _sheets(later, question), strict=False):
        tag = _shared_language((earlier, later), (first, last), language)
        found += reworded(question, _words(earlier, first, tag), _words(later, last, tag))
    batteries = battery_of(earlier, question), battery_of(later, question)
    if batteries[0] is not None and batteries[1] is not None:
        was, now = sides_of(earlier, batteries[0]), sides_of(later, batteries[1])
        for point in was.keys() & now.keys():
            if was[point] != now[point]:
                raise InvalidInput("trend.other_scale", question=question, choice=point)
    return tuple(found)


def battery_of(dataset: Dataset, name: str) -> Battery | None:
    """The battery of that name, None when there is none."""
    return next((each for each in dataset.codebook.batteries if each.name == name), None)


def sides_of(dataset: Dataset, battery: Battery) -> dict[str, int]:
    """Point of the scale -> what it adds to a net value; {} when the scale has no order."""
    names = [code.name for code in scale_of(dataset, battery)]
    if len(names) < 2 or not is_ordered(names):
        return {}
    return dict(zip(names, net_signs(len(names)), strict=True))


def _sheets(dataset: Dataset, question: str) -> tuple[dict[str, Text], ...]:
    """Code -> words, of what must not change places: the question, its options or items, the points of a scale."""
    battery = battery_of(dataset, question)
    if battery is not None:
        return (
            {"": battery.label},
            {name: dataset.variables[name].label for name in battery.items},
            {code.name: code.label for code in scale_of(dataset, battery)},
        )
    variable = dataset.variables[question]
    return {"": variable.label}, {code.name: code.label for code in variable.codes}


def _words(dataset: Dataset, sheet: Mapping[str, Text], language: str) -> dict[str, str]:
    return {code: dataset.codebook.words(text, language, code) for code, text in sheet.items()}


def _shared_language(
    datasets: tuple[Dataset, Dataset], sheets: tuple[Mapping[str, Text], Mapping[str, Text]], language: str
) -> str:
    """The language asked for, or another one that both have these words in."""
    spoken = [{tag for text in sheet.values() for tag, words in text.by_tag.items() if words} for sheet in sheets]
    wanted = (language, *(each.codebook.default_language for each in reversed(datasets)), *sorted(spoken[1]))
    return next((tag for tag in wanted if tag in spoken[0] & spoken[1]), language)
