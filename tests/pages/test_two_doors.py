"""Both doors keep the same: generated respondents change their minds and the door, and the stored answers are equal."""

import html
import random
import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime

import pytest

from data.errors import InvalidInput
from data.records import ResponseStatus
from data.schema import to_json
from data.settings import Settings
from data.store import Store
from survey import asking, outcomes, publications, receipts, responses, saving
from survey.access import OPERATOR
from survey.logic.form_state import FormState
from survey.questionnaire import Answer, Group, Kind, Question
from survey.translator import Words
from survey.ui import resources
from survey.xlsform.sheets import from_markdown
from tests import small
from tests.browser import everything
from tests.light.conftest import application
from tests.light.reader import Reader
from tests.pages.visits import Visit

SECTIONS = ("s0", "s1", "s2", "s3")
LINES = ("Stigma.", "Far away\nand dear.", "العربية", "  spaces  ", "<b>&", "=1+1", "-", "0", "北京", "I’d say “no”")


def answer_to(question: Question, draw: random.Random, state: FormState) -> object:
    """Something that a respondent may enter, None for nothing."""
    choices = [choice.name for choice in state.questionnaire.choices(question)]
    if draw.random() < 0.15:
        return None
    match question.kind:
        case Kind.SELECT_ONE:
            return draw.choice(choices)
        case Kind.SELECT_MULTIPLE:
            return [code for code in choices if draw.random() < 0.5]
        case Kind.RANK:
            return draw.sample(choices, draw.randint(0, len(choices)))
        case Kind.INTEGER:
            return str(draw.choice((0, 7, 12_000)))
    return draw.choice(LINES).replace("\n", " ") if question.name != "contact_email" else "post@example.org"


class App:
    """The Streamlit page."""

    def go(self, code: str, section: str, answers: dict[str, object]) -> None:
        """Answers a section as it is shown, in two steps, and saves it by going back or on."""
        store = resources.store()
        seen = responses.resume(store, code, now=datetime.now(UTC)).state.answers
        saving.save(store, code, {}, seen=seen, section=section, language="en", now=datetime.now(UTC))
        visit = Visit("respond", c=small.SLUG, r=code)
        for name, value in answers.items():
            if not self._enter(visit, name, value):  # a question that an answer opens appears with the next run
                visit.run()
                assert self._enter(visit, name, value), name
        visit.click("next")

    @staticmethod
    def _enter(visit: Visit, name: str, value: object) -> bool:
        if name == "invest_rank":
            if not visit.has("q_invest_rank"):
                return False
            visit.at.session_state["q_invest_rank"] = {"order": list(value or ())}
        elif name == "fields":
            for code in ("prev", "hr", "other"):
                visit.enter(f"q_fields__{code}", code in (value or ()))
        elif not visit.has(f"q_{name}"):
            return False
        else:
            visit.enter(f"q_{name}", value if value is not None or name in ("consent", "publish") else None)
        return True


class Light:
    """The light form."""

    def __init__(self, reader: Reader) -> None:
        self._reader = reader

    def go(self, code: str, section: str, answers: dict[str, object]) -> None:
        """As `App.go`."""
        self._reader.open(f"/f/{small.SLUG}?r={code}&s={section}")
        waiting = dict(answers)
        for _step in range(2):
            now = {}
            for name in list(waiting):
                if self._reader.page.xpath(f"//*[@name='q.{name}' or starts-with(@name, 'q.{name}.')]"):
                    now[name] = waiting.pop(name)
            self._reader.press("next", now)
            if not waiting:
                return
        raise AssertionError(waiting)


@dataclass(frozen=True)
class Step:
    """One visit of a section, with what is entered there."""

    section: str
    answers: dict[str, object]


def history(seed: int, state: FormState) -> list[Step]:
    """A respondent's way through the questionnaire: every section once, some again with other answers."""
    draw = random.Random(seed)
    groups = {group.name: group for group in state.questionnaire.sections()}
    steps = []
    for section in SECTIONS:
        for again in range(2 if draw.random() < 0.35 else 1):
            answers = {}
            for question in _in_order(groups[section]):
                if question.kind is Kind.FILE or question.kind in (Kind.METADATA, Kind.NOTE):
                    continue
                value = answer_to(question, draw, state)
                if question.name == "consent":
                    value = "agree"
                if again and draw.random() < 0.5:
                    continue
                state.set(question.name, value)
                if state.state(question.name).relevant:
                    answers[question.name] = value
            steps.append(Step(section, answers))
    return steps


def _in_order(group: Group) -> Iterator[Question]:
    yield from group.questions()


def driven(store: Store, reader: Reader, steps: list[Step], first: object, second: object, change: int) -> str:
    """The stored answers as bytes, after the first door up to a step and the second one from there."""
    code = responses.begin(store, small.SLUG, language="en", channel="app", now=small.NOW)
    for number, step in enumerate(steps):
        door = first if number < change else second
        door.go(code, step.section, step.answers)  # type: ignore[attr-defined]
    opened = responses.resume(store, code, now=datetime.now(UTC))
    assert opened.response.status is ResponseStatus.DRAFT
    kept: dict[str, Answer] = {key: value for key, value in opened.state.answers.items() if key != "start_time"}
    return to_json({key: kept[key] for key in sorted(kept)})


def compared(store: Store, settings: Settings, seeds: range) -> int:
    """How many histories were driven; each gives the same bytes through both doors in either order."""
    app, light = App(), Light(Reader(application(store, settings)))
    for seed in seeds:
        code = responses.begin(store, small.SLUG, language="en", channel="app", now=small.NOW)
        steps = history(seed, responses.resume(store, code, now=datetime.now(UTC)).state)
        change = random.Random(seed).randint(0, len(steps))
        one = driven(store, light._reader, steps, app, light, change)
        other = driven(store, light._reader, steps, light, app, change)
        assert one == other, (seed, steps)
    return len(seeds)


@pytest.fixture
def small_app(empty: Store) -> Store:
    """The small consultation, open, in the database that the pages read."""
    small.publish(empty, opens_at=None, deadline_at=None, closes_at=None)
    return empty


def test_both_doors_keep_the_same_answers(small_app: Store) -> None:
    assert compared(small_app, resources.settings(), range(8)) == 8


@pytest.mark.long
def test_both_doors_keep_the_same_answers_of_two_hundred_respondents(small_app: Store) -> None:
    assert compared(small_app, resources.settings(), range(1000, 1200)) == 200


IN_REPEAT = """| | text | member | ‹Member› | ‹عضو› | yes |
| | begin group | more | ‹More› | ‹مزيد› | | | ‹All of ${member}› | ‹كل ${member}› |
| | text | role | ‹Role› | ‹دور› | | | ‹As ${member} says› | ‹كما يقول ${member}› | ‹At length of ${member}› | . != 'x' | ‹Not x, ${member}› |
| | end group |
"""  # noqa: E501 - a table
WRITTEN = {
    **everything.ANSWERS,
    "text": "words",
    "multiline": "more words",
    "integer": 12345,
    "decimal": 1234.5,
    "s_repeat[1]/member": "One",
    "s_repeat[1]/role": "x",
    "s_repeat[2]/member": "Two",
    "s_repeat[2]/role": "x",
}
TYPED = ("text", "integer", "decimal", "date", "s_repeat[2]/member")


def authored(words: str) -> list[str]:
    """All that the author of the form wrote, once each."""
    return sorted(set(re.findall("‹[^›]*›", " ".join(words.split()))))


@pytest.mark.parametrize("language", ["en", "ar"])
def test_both_doors_show_the_same_of_every_kind_of_question(empty: Store, language: str) -> None:
    form = re.sub(r".*\| member \|.*\n", lambda _row: IN_REPEAT, everything.form())
    form = form.replace("| constraint |\n", "| constraint | constraint_message |\n")
    now, title = datetime.now(UTC), {"en": "Everything"}
    publications.publish(empty, from_markdown(form), slug="all", title=title, actor=OPERATOR, now=now)
    code = responses.begin(empty, "all", language=language, channel="app", now=now)
    reader = Reader(application(empty, resources.settings()), language=language)

    def keep(answers: dict[str, object], section: str, instance: tuple[str, int] | None = None) -> None:
        seen = responses.resume(empty, code, now=now).state.answers
        saving.save(empty, code, answers, seen=seen, section=section, language=language, now=now, instance=instance)

    keep({}, "s_repeat", ("s_repeat", 0))
    keep({name: answer for name, answer in WRITTEN.items() if name != "acknowledge"}, "s_text")
    for section in everything.SECTIONS:
        keep({}, section)
        app, light = Visit("respond", c="all", r=code, language=language), reader.open(f"/f/all?r={code}&s={section}")
        assert authored(app.words + app.components) == authored(light.words), section
        for name in TYPED:
            for field in light.page.xpath(f"//input[@name='q.{name}']"):
                assert app.widget(f"q_{name}").value == field.get("value"), name
        if section in ("s_acknowledge", "s_repeat"):
            app.click("next")
            light.press("next")
            assert app.issues[1:] == light.errors[1:] != [], section
            assert authored(app.words) == authored(light.words), section


NAMED = """
| survey |
| | type            | name    | label                | hint                | constraint |
| | begin repeat    | child   | ‹Child ${called}›    |                     |            |
| | text            | called  | ‹Name›               |                     |            |
| | select_one who  | lives   | ‹Where is ${called}› | ‹Now, of ${called}› |            |
| | select_multiple who | met | ‹Whom did ${called} meet› |                |            |
| | integer         | age     | ‹Age of ${called}›   |                     | . < 18     |
| | begin repeat    | pet     | ‹Pet ${animal} of ${called}› |             |            |
| | text            | animal  | ‹Animal›             |                     |            |
| | end repeat      |         |                      |                     |            |
| | end repeat      |         |                      |                     |            |
| choices |
| | list_name | name | label                    |
| | who       | own  | ‹With ${called}'s mother› |
| | who       | far  | ‹Away›                   |
"""
AGED = NAMED.replace(". < 18", ". < 16")


def test_both_doors_read_words_inside_a_repeat_as_the_instance_does(empty: Store) -> None:
    now = datetime.now(UTC)
    publications.publish(empty, from_markdown(NAMED), slug="named", title={"en": "N"}, actor=OPERATOR, now=now)
    code = responses.begin(empty, "named", language="en", channel="app", now=now)
    answers: dict[str, object] = {
        "child[1]/called": "Ada",
        "child[1]/lives": "own",
        "child[2]/called": "Bo",
        "child[2]/met": ["own"],
        "child[2]/age": "17",
        "child[2]/pet[1]/animal": "Cat",
    }
    for given, instance in (({}, ("child", 0)), (answers, None)):
        seen = responses.resume(empty, code, now=now).state.answers
        saving.save(empty, code, given, seen=seen, section="child", language="en", now=now, instance=instance)
    reader = Reader(application(empty, resources.settings()))
    app, light = Visit("respond", c="named", r=code), ""
    instances = ["‹Child Ada› 1", "‹Pet of Ada› 1", "‹Child Bo› 2", "‹Pet Cat of Bo› 1"]
    headings = []
    for number in (1, 2):  # it shows one at a time
        reader.open(f"/f/named?r={code}&s=child&at=child[{number}]")
        headings += [" ".join(found.text_content().split()) for found in reader.page.xpath("//h3")]
        light += reader.words
    assert headings == instances
    drawn = re.findall(r'class="sd-label sd-instance">(.*?)</div>', app.markup)
    assert [" ".join(html.unescape(found).split()) for found in drawn] == instances
    assert app.title == reader.title == "‹Child ›"
    assert app.widget("q_child[2]/lives").options[0] == "‹With Bo's mother›"
    assert app.widget("q_child[1]/met__own").label == "‹With Ada's mother›"
    assert authored(app.words) == authored(light)
    assert "Ada, Bo" not in light
    state = responses.resume(empty, code, now=now).state
    entries = receipts.entries_of(state.questionnaire.sections()[0], state, state.answers, {})
    told = {entry.question: (entry.label, entry.words) for entry in entries}
    assert told["child[1]/lives"] == ("‹Child Ada› 1: ‹Where is Ada›", "‹With Ada's mother›")

    publications.publish(
        empty, from_markdown(AGED), slug="named", title={"en": "N"}, actor=OPERATOR, now=now, accept_changes=True
    )
    for words in (Visit("respond", c="named", r=code).words, reader.open(f"/f/named?r={code}&s=child").words):
        noted = " ".join(words.partition("Please look at these answers again:")[2].split())
        assert noted.startswith("‹Child Bo› 2: ‹Age of Bo›")


ALONE = """
| survey |
| | type                  | name  | label::English (en) | label::Arabic (ar) | constraint | constraint_message::English (en) | constraint_message::Arabic (ar) |
| | select_multiple kind  | kinds | ‹Which kinds?›      | ‹أي أنواع؟› | | | |
| | select_multiple kind  | own   | ‹Which others?›     | ‹أي أنواع أخرى؟› | not(selected(., 'none') and count-selected(.) > 1) | ‹Not with none› | ‹ليس مع لا شيء› |
| choices |
| | list_name | name | label::English (en) | label::Arabic (ar) |
| | kind      | a    | ‹Anna›              | ‹آنا›             |
| | kind      | dk   | ‹Don't know›        | ‹لا أعرف›          |
| | kind      | none | ‹None of them›      | ‹لا شيء منها›      |
"""  # noqa: E501 - a table


@pytest.mark.parametrize("language", ["en", "ar"])
def test_both_doors_refuse_other_answers_beside_one_that_stands_alone(empty: Store, language: str) -> None:
    now = datetime.now(UTC)
    publications.publish(empty, from_markdown(ALONE), slug="alone", title={"en": "A"}, actor=OPERATOR, now=now)
    code = responses.begin(empty, "alone", language=language, channel="app", now=now)
    seen = responses.resume(empty, code, now=now).state.answers
    given: dict[str, object] = {"kinds": ["a", "dk"], "own": ["a", "none"]}
    saving.save(empty, code, given, seen=seen, section="_kinds", language=language, now=now)
    label, message = {"en": ("‹Don't know›", "‹Not with none›"), "ar": ("‹لا أعرف›", "‹ليس مع لا شيء›")}[language]
    app = Visit("respond", c="alone", r=code, language=language)
    app.click("next")
    light = Reader(application(empty, resources.settings()), language=language)
    light.open(f"/f/alone?r={code}&s=_kinds")
    light.press("next")
    told = asking.alone_words(label, Words(language))
    assert label in told and "{" not in told
    assert app.issues[-2:] == light.errors[-2:] == [told, message]
    with pytest.raises(InvalidInput, match=r"response.incomplete"):
        responses.submit(empty, code, now=now)

    app = Visit("respond", c="alone", r=code, language=language)
    app.enter("q_kinds__a", False).enter("q_own__none", False).click("next")
    stored = responses.resume(empty, code, now=now).state.answers
    assert (stored["kinds"], stored["own"]) == (("dk",), ("a",))
    light.open(f"/f/alone?r={code}&s=_kinds").press("next", {"kinds": ["none"], "own": ["a", "dk"]})
    assert light.errors[-1:] == [told]
    light.press("next", {"kinds": ["none"], "own": ["dk"]})
    stored = responses.resume(empty, code, now=now).state.answers
    assert (stored["kinds"], stored["own"]) == (("none",), ("dk",))


def test_both_doors_say_in_which_language_the_outcome_is(small_app: Store) -> None:
    now = datetime.now(UTC)
    outcomes.write_outcome(small_app, small.SLUG, words={"ar": "شكرا"}, link="", on="", actor=OPERATOR, now=now)
    code = small.send(small_app)
    told = '<{} lang="ar" dir="rtl">شكرا</'
    app = Visit("respond", c=small.SLUG, r=code)
    light = Reader(application(small_app, resources.settings())).open(f"/f/{small.SLUG}?r={code}")
    assert told.format('div class="sd-answer"') in app.markup
    assert told.format('p class="ans"') in light.content.decode().replace("class=ans", 'class="ans"')
