"""Whole forms against the three engines: relevance, constraints, choices, calculations and repeats, step after step."""

import pytest

from tests.oracles import ours
from tests.oracles.engines import NAMES, Engine, Observed, form_from_markdown
from tests.oracles.test_engines import HOUSEHOLD_TABLE

pytestmark = pytest.mark.long

ANSWERS = [
    ("/data/here", "yes"),
    ("/data/size", "31"),
    ("/data/size", "3"),
    ("/data/country", "ke"),
    ("/data/city", "mba"),
    ("/data/member[1]/called", "Ada"),
    ("/data/member[1]/age", "40"),
    ("/data/member[2]/called", "Bo"),
    ("/data/member[2]/age", "9"),
    ("/data/member[2]/school", "Hill"),
    ("/data/member[2]/pet[2]/sort", "cat"),
    ("/data/member[2]/age", "151"),
    ("/data/member[2]/age", "4"),
    ("/data/country", "pe"),
    ("/data/here", "no"),
    ("/data/here", "yes"),
    ("/data/member", "1"),
    ("/data/member", "3"),
    ("/data/member[3]/age", "17"),
    ("/data/member[1]/age", ""),
]

GROUPS_TABLE = """
| survey |
| | type | name | label | relevant | constraint | required | calculation | default |
| | text | kind | Kind? | | | | | |
| | begin_group | details | Details | ${kind} != 'none' | | | | |
| | integer | count | Count? | | . <= 10 | ${kind} = 'many' | | 2 |
| | begin_group | inner | Inner | ${count} > 5 | | | | |
| | text | why | Why? | | string-length(.) > 2 | | | |
| | calculate | shout | | | | | concat(${why}, '!') | |
| | end_group | | | | | | | |
| | end_group | | | | | | | |
| | calculate | double | | | | | ${count} * 2 | |
| | calculate | filled | | | | | coalesce(${count}, 'nothing') | |
| | date | day | Day? | | . >= date('2020-01-01') | | | |
| | calculate | year | | | | | format-date(${day}, '%Y') | |
| | calculate | kept | | | | | once(${kind}) | |
"""
GROUPS_ANSWERS = [
    ("/data/kind", "many"),
    ("/data/details/count", ""),
    ("/data/details/count", "6"),
    ("/data/details/inner/why", "So"),
    ("/data/details/inner/why", "Because"),
    ("/data/details/count", "11"),
    ("/data/kind", "none"),
    ("/data/kind", "few"),
    ("/data/details/count", "1"),
    ("/data/day", "2019-12-31"),
    ("/data/day", "2024-02-29"),
]

COUNTED_TABLE = """
| survey |
| | type | name | label | relevant | calculation | repeat_count | choice_filter |
| | integer | wanted | How many? | | | | |
| | begin_repeat | item | Item | | | ${wanted} | |
| | text | title | Title | | | | |
| | select_one size | size | Size | | | | rank <= ${wanted} |
| | calculate | place | | | position(..) | | |
| | calculate | above | | | current()/../place | | |
| | end_repeat | | | | | | |
| | calculate | titles | | | join(', ', ${title}) | | |
| | calculate | given | | | count-non-empty(${title}) | | |
| | calculate | biggest | | | max(${place}) | | |
| | calculate | far | | | indexed-repeat(${title}, ${item}, ${wanted}) | | |
| | calculate | first_one | | | /data/item[position() = 1]/title | | |
| | calculate | named | | | count(/data/item[title = 'b']) | | |
| | calculate | big | | | count(instance('size')/root/item[rank > 1]) | | |
| | calculate | label | | | instance('size')/root/item[name = 'm']/label | | |
| | calculate | all_sizes | | | count(randomize(instance('size')/root/item)) | | |
| choices |
| | list_name | name | label | rank |
| | size | s | Small | 1 |
| | size | m | Middle | 2 |
| | size | l | Large | 3 |
"""
COUNTED_ANSWERS = [
    ("/data/wanted", "2"),
    ("/data/item[1]/title", "a"),
    ("/data/item[2]/title", "b"),
    ("/data/item[2]/size", "m"),
    ("/data/wanted", "3"),
    ("/data/item[3]/title", "b"),
]


@pytest.mark.parametrize(
    ("table", "answers"),
    [(HOUSEHOLD_TABLE, ANSWERS), (GROUPS_TABLE, GROUPS_ANSWERS), (COUNTED_TABLE, COUNTED_ANSWERS)],
    ids=["household", "groups", "counted"],
)
def test_after_every_step_we_say_what_one_of_the_engines_says_and_what_all_say(
    engines: dict[str, Engine], table: str, answers: list[tuple[str, str]]
) -> None:
    form = form_from_markdown(table)
    wrong = []
    for number in range(len(answers) + 1):
        mine = ours.values(table, answers[:number])
        theirs = {name: engines[name].values(form, answers[:number]) for name in NAMES}
        for path in dict.fromkeys([*mine, *theirs["javarosa"]]):
            if not path.startswith("/data/meta") and not _alike(mine.get(path), [theirs[n].get(path) for n in NAMES]):
                wrong.append((number, path, mine.get(path), {name: theirs[name].get(path) for name in NAMES}))
    assert wrong == []


OFFERED_NO_MORE = "A choice that is not offered any more is kept here and reported as a fault; the others clear it"


def _alike(mine: Observed | None, theirs: list[Observed | None]) -> bool:
    """True when each thing that is said of the question is also said by an engine."""
    if mine is not None and mine.choices is not None and mine.value and mine.value not in mine.choices:
        return all(each is not None and not each.value for each in theirs)  # OFFERED_NO_MORE
    seen = [each for each in theirs if each is not None]
    if mine is None or not seen:
        return None in theirs and mine is None
    return all(
        getattr(mine, name) in [getattr(each, name) for each in seen]
        for name in ("relevant", "value", "valid", "choices", *(("required",) if mine.relevant else ()))
    )
