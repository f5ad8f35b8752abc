"""Reports that people put together: items in order, live numbers, what stops them, and the files that come of them."""

import io
import json
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from docx import Document
from openpyxl import load_workbook
from pptx import Presentation

from analysis import homecoming, ledger, overview, recommendations, reports, review, take_away
from analysis.__main__ import main
from analysis.charts.spec import Form
from analysis.disclosure import Audience
from analysis.opened_data import Filters
from analysis.report import formats
from analysis.report.outline import ITEMS_LIMIT, WORDS_LIMIT, Item, ItemKind, Outline, from_json, to_json
from analysis.report.tree import Figure, Heading, Numbers, Paragraphs, Quotes, RecommendationPart
from analysis.words import MESSAGES
from data.errors import Conflict, Faulty, InvalidInput, NotAllowed, NotFound
from data.log_records import LogFilter
from data.records import Scope
from data.settings import Settings
from data.store import Store, open_store
from survey import log
from survey.access import OPERATOR, Actor, ConsultationRole
from survey.demo import SLUG as DEMO
from survey.translator import Words
from survey.versions.renames import RenameMap
from tests.analysis.report import office, templates
from tests.databases import copied, dropped
from tests.small import FORM, NOW, REPORT_WRITER, SECRETARIAT, SLUG, granted, publish, refused, send

ME = {"actor": SECRETARIAT, "now": NOW}
SOUTH = Scope(regions=frozenset({"s"}))


ANSWERED = {"s": "1" * 5 + "2" * 12 + "3" * 5, "n": "1" * 5 + "2" * 5 + "3" * 8}
"""Region -> what its organisations said of prevention: 10, 17 and 13 of 40 in all."""


@pytest.fixture(scope="module")
def _replied_database(small_database: Settings, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Settings]:
    path = tmp_path_factory.mktemp("replied") / "replied.db"
    settings = copied(small_database, path)
    store = open_store(settings)
    told = [(region, answer) for region, answers in ANSWERED.items() for answer in answers]
    for number, (region, answer) in enumerate(told):
        other = "2" if number < 3 else "dk"
        name = f"Organisation {number}"
        send(store, org_name=name, region=region, serv_prev=answer, serv_hr=other, finding=f"Finding {number}")
    store.close()
    yield settings
    dropped(path)


@pytest.fixture
def replied(_replied_database: Settings, tmp_path: Path) -> Iterator[Store]:
    """The small consultation with forty replies; of harm reduction only three say something."""
    opened = open_store(copied(_replied_database, tmp_path / "soundings.db"))
    yield opened
    opened.close()
    dropped(tmp_path / "soundings.db")


def begun(store: Store, *items: Item, language: str = "en") -> int:
    """A report with these items."""
    key = reports.create_report(store, SLUG, "What they said", language, **ME)
    for item in items:
        add(store, key, item)
    return key


def add(store: Store, key: int, item: Item, **more: object) -> int:
    return reports.add_item(store, SLUG, key, item, revision=revision(store, key), **ME, **more)  # type: ignore[arg-type]


def revision(store: Store, key: int) -> int:
    return opened(store, key).record.revision


def opened(store: Store, key: int, actor: Actor = SECRETARIAT) -> reports.Opened:
    return reports.open_report(store, SLUG, key, actor=actor, now=NOW)


def text(words: str) -> Item:
    return Item(kind=ItemKind.TEXT, text=words)


def problems(store: Store, key: int) -> list[tuple[int, str]]:
    found = reports.check_report(store, SLUG, key, actor=SECRETARIAT, now=NOW)
    return [(problem.number, problem.code) for problem in found]


# items


def test_a_report_keeps_its_items_in_the_order_that_staff_gave_them(replied: Store) -> None:
    key = begun(replied, Item(kind=ItemKind.HEADING, title=" Who  replied "), text("First"), text("Second"))
    add(replied, key, text("Between"), after=2)
    add(replied, key, text("Before all"), after=0)
    kinds = [(each.item.key, each.item.title or each.item.text) for each in opened(replied, key).contents]
    assert kinds == [(5, "Before all"), (1, "Who replied"), (2, "First"), (4, "Between"), (3, "Second")]
    reports.move_item(replied, SLUG, key, 3, -2, revision=revision(replied, key), **ME)
    reports.move_item(replied, SLUG, key, 5, -1, revision=revision(replied, key), **ME)
    reports.remove_item(replied, SLUG, key, 4, revision=revision(replied, key), **ME)
    assert [each.item.key for each in opened(replied, key).contents] == [5, 1, 3, 2]
    assert add(replied, key, text("Later")) == 6


def test_an_outline_comes_back_from_the_store_as_it_was() -> None:
    item = Item(
        kind=ItemKind.CHART,
        question="q",
        filters={"region": ("n", "s")},
        by="region",
        method={"interval": "jeffreys"},
        form="heat_map",
        text="{{q.yes}}",
        accepted={"{{q.yes}}": "3"},
    )
    found = Outline().with_item(item).with_item(text("Words"))
    assert from_json(to_json(found)) == found


@pytest.mark.parametrize(
    ("item", "code"),
    [
        (text("  "), "report.item_empty"),
        (Item(kind=ItemKind.PICTURE), "report.item_empty"),
        (Item(kind=ItemKind.HEADING, text="no title"), "report.item_empty"),
        (Item(kind=ItemKind.CHART), "report.item_empty"),
        (Item(kind=ItemKind.FINDING), "report.item_empty"),
        (text("x" * (WORDS_LIMIT + 1)), "report.item_too_long"),
        (Item(kind=ItemKind.HEADING, title="x" * 301), "report.item_too_long"),
        (Item(kind=ItemKind.CHART, question="region", method={"interval": "none"}), "method.unknown"),
    ],
)
def test_an_item_that_shows_nothing_is_refused(small: Store, item: Item, code: str) -> None:
    key = begun(small)
    with refused(InvalidInput, code):
        add(small, key, item)
    assert opened(small, key).contents == ()


def test_a_report_holds_so_many_items_and_no_more() -> None:
    full = Outline(items=tuple(Item(kind=ItemKind.TEXT, text="x", key=at + 1) for at in range(ITEMS_LIMIT)))
    with refused(InvalidInput, "report.too_many_items"):
        full.with_item(text("x"))


@pytest.mark.parametrize(
    ("title", "language", "code"),
    [(" ", "en", "report.title"), ("\a\x00", "en", "report.title"), ("x", "xx", "report.language")],
)
def test_a_report_needs_a_title_and_a_language(small: Store, title: str, language: str, code: str) -> None:
    with refused(InvalidInput, code):
        reports.create_report(small, SLUG, title, language, **ME)
    key = begun(small)
    with refused(InvalidInput, code):
        reports.rename_report(small, SLUG, key, title, language, revision=1, **ME)
    reports.rename_report(small, SLUG, key, " Another  one ", "fr", revision=1, **ME)
    (record,) = reports.listed(small, SLUG, actor=REPORT_WRITER)
    assert (record.title, record.language, record.updated_by) == ("Another one", "fr", "Secretariat")


def test_what_somebody_else_changed_meanwhile_is_not_overwritten(replied: Store) -> None:
    key = begun(replied, text("First"))
    seen = revision(replied, key)
    changed = Item(kind=ItemKind.TEXT, key=1, text="Changed")
    reports.change_item(replied, SLUG, key, changed, revision=seen, **ME)
    for act in (
        lambda: reports.change_item(replied, SLUG, key, changed, revision=seen, **ME),
        lambda: reports.add_item(replied, SLUG, key, text("More"), revision=seen, **ME),
        lambda: reports.move_item(replied, SLUG, key, 1, 1, revision=seen, **ME),
        lambda: reports.remove_item(replied, SLUG, key, 1, revision=seen, **ME),
        lambda: reports.rename_report(replied, SLUG, key, "x", "en", revision=seen, **ME),
        lambda: reports.accept_numbers(replied, SLUG, key, revision=seen, **ME),
    ):
        with refused(Conflict, "record.changed_elsewhere"):
            act()
    assert [each.item.text for each in opened(replied, key).contents] == ["Changed"]


def test_a_report_that_was_dropped_is_not_there_any_more(small: Store) -> None:
    key = begun(small)
    reports.drop_report(small, SLUG, key, **ME)
    assert reports.listed(small, SLUG, actor=SECRETARIAT) == ()
    with refused(NotFound, "report.unknown"):
        opened(small, key)
    with refused(NotFound, "report.unknown"):
        reports.drop_report(small, SLUG, key, **ME)


def test_a_report_of_one_consultation_is_not_found_in_another(small: Store) -> None:
    publish(small, slug="other")
    key = begun(small)
    with refused(NotFound, "report.unknown"):
        reports.open_report(small, "other", key, actor=SECRETARIAT, now=NOW)


# pictures of who answered


@pytest.mark.parametrize("kind", formats.DASHBOARD_FORMATS)
def test_a_picture_of_who_answered_stands_in_every_file_of_a_report(replied: Store, kind: str) -> None:
    item = Item(kind=ItemKind.PICTURE, picture="timeline", title="Forty came", text="All on one day.")
    key = begun(replied, item)
    assert problems(replied, key) == []
    (figure,) = reports.compose_report(replied, SLUG, key, **ME).parts
    assert isinstance(figure, Figure) and figure.card is None
    assert (figure.spec.title, figure.remark, figure.spec.series[0].values) == ("Forty came", "All on one day.", (40,))
    content = reports.report_file(replied, SLUG, key, kind, **ME).content
    if kind in ("pptx", "docx"):
        ((_days, ((name, values),)),) = office.caches(content, {"pptx": "ppt", "docx": "word"}[kind])
        assert (name, values) == ("Replies per day", [40])
    elif kind == "xlsx":
        rows = list(load_workbook(io.BytesIO(content))["Forty came"].values)
        assert rows[5][:2] == ("Date", "Replies per day")
        assert rows[6][1] == 40
    else:
        assert content.startswith({"pdf": b"%PDF", "html": b"<!doctype html>"}[kind])


@pytest.mark.parametrize("picture", ["coverage", "countries", "nothing"])
def test_a_picture_that_is_not_there_stops_a_report(replied: Store, picture: str) -> None:
    key = begun(replied, Item(kind=ItemKind.PICTURE, picture=picture))
    assert problems(replied, key) == [(1, "report.picture_gone")]


def test_a_report_releases_no_picture_that_it_does_not_show(demo_copy: Store) -> None:
    before = ledger.releases(demo_copy, DEMO, actor=SECRETARIAT)
    key = reports.create_report(demo_copy, DEMO, "Over time", "en", **ME)
    item = Item(kind=ItemKind.PICTURE, picture="timeline")
    reports.add_item(demo_copy, DEMO, key, item, revision=1, **ME)
    reports.open_report(demo_copy, DEMO, key, **ME)
    assert ledger.releases(demo_copy, DEMO, actor=SECRETARIAT) == before


def test_the_pictures_that_are_offered_are_those_that_there_are(small: Store) -> None:
    asked = {"actor": SECRETARIAT, "words": Words("fr"), "now": NOW}
    assert overview.offered(small, SLUG, **asked) == ()  # type: ignore[arg-type]
    send(small)
    assert overview.offered(small, SLUG, **asked) == (("timeline", "Réponses au fil du temps"),)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("picture", "question"), [("coverage", "area"), ("countries", "land"), ("coverage-languages", ""), ("timeline", "")]
)
def test_words_beside_a_picture_may_not_tell_what_its_question_hides(picture: str, question: str) -> None:
    assert overview.question_of(picture, {"region": "area", "country": "land"}) == question


# live numbers


def test_numbers_in_a_text_are_those_of_the_card_that_a_meeting_sees(replied: Store) -> None:
    key = begun(replied, text("{{serv_prev.2}} of {{serv_prev|what=n}}; in the South {{serv_prev.2|region=s}}."))
    (content,) = opened(replied, key).contents
    card = review.card(
        replied, SLUG, "m_serv", actor=SECRETARIAT, audience=Audience.MEETING, language="en", filters=Filters(), now=NOW
    )
    assert card.items[0].base.answered == 40
    assert content.text.text == "43% of 40; in the South 55%."
    assert content.problems == ()
    assert content.parts == (Paragraphs(texts=("43% of 40; in the South 55%.",)),)


def test_a_number_that_new_replies_changed_is_stale_until_it_is_accepted(replied: Store) -> None:
    key = begun(
        replied, text("Partly, said {{serv_prev.2}}."), Item(kind=ItemKind.HEADING, title="{{serv_prev|what=n}} said")
    )
    assert problems(replied, key) == []
    for number in range(20):
        send(replied, org_name=f"Late {number}", region="n", serv_prev="3")
    found = opened(replied, key).problems
    assert [(each.number, each.code, each.part) for each in found] == [
        (1, "token.stale", "text"),
        (2, "token.stale", "title"),
    ]
    assert found[0].params == {"was": "43", "now": "28"}
    # other words beside it are no acceptance of the number
    changed = Item(kind=ItemKind.TEXT, key=1, text="Only partly, said {{serv_prev.2}}.")
    reports.change_item(replied, SLUG, key, changed, revision=revision(replied, key), **ME)
    assert problems(replied, key)[0] == (1, "token.stale")
    assert reports.accept_numbers(replied, SLUG, key, revision=revision(replied, key), key=1, **ME) == 1
    assert problems(replied, key) == [(2, "token.stale")]
    assert reports.accept_numbers(replied, SLUG, key, revision=revision(replied, key), **ME) == 1
    assert problems(replied, key) == []


def test_accepting_changes_the_number_that_stands_in_a_token(replied: Store) -> None:
    key = begun(replied, text("{{serv_prev.2|was=60}} and {{serv_prev.3|was=33}}"))
    assert problems(replied, key) == [(1, "token.stale")]
    reports.accept_numbers(replied, SLUG, key, revision=revision(replied, key), **ME)
    assert opened(replied, key).contents[0].item.text == "{{serv_prev.2|was=43}} and {{serv_prev.3|was=33}}"
    assert problems(replied, key) == []


def test_hidden_contradicted_and_unknown_numbers_are_listed_with_their_place(replied: Store) -> None:
    words = "Fine: {{serv_prev.2}}.\nMost said fully ({{serv_prev.3}}).\nFew: {{serv_hr.2}}\n{{serv_pre.2}}"
    key = begun(replied, Item(kind=ItemKind.HEADING, title="Services"), text(words))
    found = opened(replied, key).problems
    assert [(each.number, each.code, each.line, each.column) for each in found] == [
        (2, "token.contradicted", 2, 18),
        (2, "token.hidden", 3, 6),
        (2, "token.unknown_question", 4, 1),
    ]
    with pytest.raises(Faulty) as caught:
        reports.compose_report(replied, SLUG, key, **ME)
    assert (caught.value.code, caught.value.details, caught.value.params) == ("report.problems", found, {"count": 3})
    for kind in formats.DASHBOARD_FORMATS:
        with refused(Faulty, "report.problems"):
            reports.report_file(replied, SLUG, key, kind, **ME)


def test_a_typed_number_that_a_meeting_does_not_see_stops_the_report_of_who_sees_it(replied: Store) -> None:
    chart = Item(
        kind=ItemKind.CHART, question="m_serv", text="Only 3 said something, {{serv_hr|what=replies}} replied."
    )
    key = begun(replied, chart, text("3 regions, {{region|what=n}} answers"))
    found = opened(replied, key).problems
    assert [(each.number, each.code, dict(each.params)) for each in found] == [
        (1, "report.hidden_number", {"number": "3"})
    ]
    assert opened(replied, key, REPORT_WRITER).problems == ()  # a refusal would tell them which number is hidden


def test_a_typed_number_is_looked_at_although_the_form_beside_it_does_not_suit_any_more(replied: Store) -> None:
    key = begun(replied, Item(kind=ItemKind.CHART, question="m_serv", form="upset", text="Only 3 said something."))
    assert problems(replied, key) == [(1, "report.hidden_number")]


def test_the_title_has_its_numbers_and_is_stopped_by_what_is_wrong_with_them(replied: Store) -> None:
    title = "{{m_serv|what=replies}} replies, {{serv_prev.2}} say partly"
    key = reports.create_report(replied, SLUG, title, "en", **ME)
    add(replied, key, Item(kind=ItemKind.CHART, question="region"))
    assert reports.compose_report(replied, SLUG, key, **ME).title == "40 replies, 43% say partly"
    assert b"{{" not in reports.report_file(replied, SLUG, key, "html", **ME).content
    for number in range(20):
        send(replied, org_name=f"Late {number}", region="n", serv_prev="3")
    found = opened(replied, key).problems
    assert [(each.number, each.part, each.code, dict(each.params)) for each in found] == [
        (0, "title", "token.stale", {"was": "40", "now": "60"}),
        (0, "title", "token.stale", {"was": "43", "now": "28"}),
    ]
    line = "Title · {{serv_prev.2}} · It was 43 when the text was accepted, and is 28 now."
    assert reports.problem_line(found[1], Words("en")) == line
    assert reports.accept_numbers(replied, SLUG, key, revision=revision(replied, key), **ME) == 2
    assert opened(replied, key).title.text == "60 replies, 28% say partly"
    assert problems(replied, key) == []
    title = "{{region|what=n|was=1}} of {{nothing}}, {{serv_hr.2}}"
    reports.rename_report(replied, SLUG, key, title, "en", revision=revision(replied, key), **ME)
    stopped = [(0, "token.stale"), (0, "token.unknown_question"), (0, "token.hidden")]
    assert problems(replied, key) == stopped
    with refused(Faulty, "report.problems"):
        reports.report_file(replied, SLUG, key, "pptx", **ME)
    reports.accept_numbers(replied, SLUG, key, revision=revision(replied, key), **ME)
    assert opened(replied, key).record.title == "{{region|what=n|was=60}} of {{nothing}}, {{serv_hr.2}}"


@pytest.mark.parametrize("title", ["{{m_serv|what=replies}} replies, 3 in Oceania", "What 3 said"])
def test_a_number_typed_into_the_title_that_a_meeting_does_not_see_stops_the_report(replied: Store, title: str) -> None:
    key = reports.create_report(replied, SLUG, title, "en", **ME)
    add(replied, key, Item(kind=ItemKind.CHART, question="m_serv"))
    (found,) = opened(replied, key).problems
    assert (found.number, found.part, found.code, dict(found.params)) == (
        0,
        "title",
        "report.hidden_number",
        {"number": "3"},
    )
    assert opened(replied, key, REPORT_WRITER).problems == ()


def test_tokens_in_kept_words_stop_the_report_for_nothing_fills_them_there(replied: Store) -> None:
    statement = "Most ({{region.s}}) are southern."
    finding = recommendations.keep_finding(replied, SLUG, "region", statement, filters=Filters(), **ME)
    recommendations.write_recommendation(
        replied,
        SLUG,
        text="Fund {{serv_prev.2}} of services.",
        addressee="Member {{States",
        level="national",
        challenge="c1",
        finding_ids=[finding],
        answers=(),
        **ME,
    )
    shown = Item(kind=ItemKind.FINDING, finding_id=finding)
    titled = Item(kind=ItemKind.FINDING, finding_id=finding, title="{{region.s}} are southern.")
    key = begun(replied, shown, titled, Item(kind=ItemKind.RECOMMENDATIONS))
    assert [(each.number, each.code, each.token) for each in opened(replied, key).problems] == [
        (1, "report.token_elsewhere", "{{region.s}}"),
        (3, "report.token_elsewhere", "{{serv_prev.2}}"),
        (3, "report.token_elsewhere", "{{States"),
        (3, "report.token_elsewhere", "{{region.s}}"),
    ]
    assert statement in reports.problem_line(opened(replied, key).problems[0], Words("en"))


def test_tables_of_numbers_stand_where_the_report_has_them(replied: Store) -> None:
    key = begun(replied, Item(kind=ItemKind.CHART, question="region"))
    assert reports.compose_report(replied, SLUG, key, **ME).numbers is Numbers.DOCUMENTS
    change = {"revision": revision(replied, key), "numbers": Numbers.ALWAYS, **ME}
    reports.rename_report(replied, SLUG, key, "What they said", "en", **change)  # type: ignore[arg-type]
    add(replied, key, text("More words"))
    reports.rename_report(replied, SLUG, key, "Renamed", "en", revision=revision(replied, key), **ME)
    assert reports.compose_report(replied, SLUG, key, **ME).numbers is Numbers.ALWAYS
    assert reports.compose_report(replied, SLUG, key, numbers=Numbers.NEVER, **ME).numbers is Numbers.NEVER


def test_a_text_can_be_tried_before_it_is_kept(replied: Store) -> None:
    found = reports.preview_text(replied, SLUG, "Most: {{serv_prev.2}}, {{x}}", language="fr", **ME)
    assert (found.filled.text, [each.code for each in found.problems]) == (
        "Most: 43\xa0%, {{x}}",
        ["token.unknown_question"],
    )


# what is shown


def test_a_report_is_composed_of_what_its_items_show(replied: Store) -> None:
    finding = recommendations.keep_finding(replied, SLUG, "region", "Most are southern.", filters=Filters(), **ME)
    recommendations.write_recommendation(
        replied,
        SLUG,
        text="Fund services.",
        addressee="Member States",
        level="national",
        challenge="c1",
        finding_ids=[finding],
        answers=(),
        **ME,
    )
    key = begun(
        replied,
        Item(kind=ItemKind.HEADING, title="Services"),
        text("Of {{serv_prev|what=n}} organisations,\n{{serv_prev.2}} say partly.\n\nThat is all."),
        Item(
            kind=ItemKind.CHART,
            question="m_serv",
            filters={"region": ("s",)},
            title="Services are partly there",
            text="Those of the South: {{serv_prev.2|region=s}}.",
        ),
        Item(kind=ItemKind.FINDING, finding_id=finding),
        Item(kind=ItemKind.QUOTES, question="finding", title="In their words"),
        Item(kind=ItemKind.RECOMMENDATIONS),
    )
    report = reports.compose_report(replied, SLUG, key, actor=REPORT_WRITER, now=NOW)
    heading, words, chart, kept, quotes, title, recommendation = report.parts
    assert heading == Heading(level=1, text="Services")
    assert words == Paragraphs(texts=("Of 40 organisations, 43% say partly.", "That is all."))
    assert isinstance(chart, Figure)
    assert (chart.spec.title, chart.remark) == ("Services are partly there", "Those of the South: 55%.")
    assert chart.card.filters == {"region": ("s",)}
    assert isinstance(kept, Figure)
    assert kept.spec.title == "Most are southern."
    assert isinstance(quotes, Quotes)
    assert (quotes.title, len(quotes.quotes)) == ("In their words", 3)
    assert title == Heading(level=1, text="Recommendations")
    assert isinstance(recommendation, RecommendationPart)
    assert recommendation.rests_on == ("Most are southern.",)
    assert (report.title, report.language) == ("What they said", "en")
    assert report.cover[-1] == "Replies: 40"  # those of all, though the chart is of a part
    for kind, made in formats.DASHBOARD_FORMATS.items():
        file = reports.report_file(replied, SLUG, key, kind, actor=REPORT_WRITER, now=NOW)
        assert file.name == f"{SLUG}-report-{key}{made.extension}"
        assert len(file.content) > 1000
    deck = Presentation(io.BytesIO(reports.report_file(replied, SLUG, key, "pptx", **ME).content))
    told = "\n".join(shape.text_frame.text for slide in deck.slides for shape in slide.shapes if shape.has_text_frame)
    for expected in ("What they said", "Of 40 organisations, 43% say partly.", "Those of the South: 55%."):
        assert expected in told


@pytest.mark.parametrize(
    ("item", "code"),
    [
        (Item(kind=ItemKind.CHART, question="regoin"), "token.unknown_question"),
        (Item(kind=ItemKind.CHART, question="org_name"), "token.unknown_question"),
        (Item(kind=ItemKind.CHART, question="finding"), "format.no_chart"),
        (Item(kind=ItemKind.QUOTES, question="region"), "quotes.not_a_text"),
        (Item(kind=ItemKind.CHART, question="region", by="nothing"), "by.unknown_variable"),
        (Item(kind=ItemKind.CHART, question="region", filters={"region": ("x",)}), "filter.unknown_code"),
        (Item(kind=ItemKind.CHART, question="region", method={"weights": "equal_regions"}), "weights.internal_only"),
        (Item(kind=ItemKind.FINDING, finding_id=99), "report.finding_gone"),
    ],
)
def test_an_item_that_shows_what_is_not_there_stops_the_report(replied: Store, item: Item, code: str) -> None:
    key = begun(replied, text("{{serv_prev.2}}"), item)
    assert problems(replied, key) == [(2, code)]
    with refused(Faulty, "report.problems"):
        reports.compose_report(replied, SLUG, key, **ME)


def test_words_alone_are_no_report(replied: Store) -> None:
    key = begun(replied, text("No number stands here."))
    with refused(InvalidInput, "report.empty"):
        reports.compose_report(replied, SLUG, key, **ME)
    with pytest.raises(InvalidInput) as told:
        reports.report_file(replied, SLUG, key, "doc", **ME)
    assert Words("en").error(told.value, MESSAGES) == "There is no format doc; there are: pptx, docx, pdf, html, xlsx."


def test_a_report_speaks_the_language_that_it_was_given(replied: Store) -> None:
    key = begun(replied, text("{{serv_prev.2}}"), Item(kind=ItemKind.CHART, question="m_serv"), language="fr")
    report = reports.compose_report(replied, SLUG, key, **ME)
    words, chart = report.parts
    assert words == Paragraphs(texts=("43\xa0%",))
    assert isinstance(chart, Figure)
    assert (chart.spec.title, chart.spec.language) == ("Adéquat ?", "fr")


# who


def test_a_report_writer_reads_and_takes_away_but_does_not_write(replied: Store) -> None:
    key = begun(replied, text("{{serv_prev.2}}"))
    assert reports.report_file(replied, SLUG, key, "pptx", actor=REPORT_WRITER, now=NOW).content
    who = {"actor": REPORT_WRITER, "now": NOW}
    for act in (
        lambda: reports.create_report(replied, SLUG, "x", "en", **who),
        lambda: reports.rename_report(replied, SLUG, key, "x", "en", revision=2, **who),
        lambda: reports.drop_report(replied, SLUG, key, **who),
        lambda: reports.add_item(replied, SLUG, key, text("x"), revision=2, **who),
        lambda: reports.change_item(replied, SLUG, key, text("x"), revision=2, **who),
        lambda: reports.move_item(replied, SLUG, key, 1, 1, revision=2, **who),
        lambda: reports.remove_item(replied, SLUG, key, 1, revision=2, **who),
        lambda: reports.accept_numbers(replied, SLUG, key, revision=2, **who),
    ):
        with refused(NotAllowed, "access.denied"):
            act()


def test_whoever_sees_a_part_has_reports_of_that_part_and_no_others(replied: Store) -> None:
    whole = begun(replied, text("{{serv_prev|what=n}}"))
    analyst = granted(ConsultationRole.ANALYST, SOUTH)
    own = reports.create_report(replied, SLUG, "The South", "en", actor=analyst, now=NOW)
    item = text("{{serv_prev|what=n}}")
    reports.add_item(replied, SLUG, own, item, revision=1, actor=analyst, now=NOW)
    assert opened(replied, own, analyst).contents[0].text.text == "22"
    assert [each.id for each in reports.listed(replied, SLUG, actor=analyst)] == [own]
    assert [each.id for each in reports.listed(replied, SLUG, actor=SECRETARIAT)] == [whole]
    for key, actor in ((whole, analyst), (own, SECRETARIAT)):
        with refused(NotFound, "report.unknown"):
            opened(replied, key, actor)
    renamed = FORM.replace("| region    | s       |", "| region    | south   |")
    publish(replied, form=renamed, renames=RenameMap(choices={"region": {"s": "south"}}))
    now_called = granted(ConsultationRole.ANALYST, Scope(regions=frozenset({"south"})))
    assert opened(replied, own, now_called).contents[0].text.text == "22"


def test_every_act_is_in_the_log_with_what_it_changed(replied: Store) -> None:
    key = begun(replied, text("One"))
    changed = Item(kind=ItemKind.TEXT, key=1, text="Two")
    reports.change_item(replied, SLUG, key, changed, revision=2, **ME)
    found = log.look(replied, LogFilter(consultation=SLUG), actor=SECRETARIAT)
    entries = {each.action: each for each in found.entries if each.action.startswith("report.")}
    assert list(entries) == ["report.item_changed", "report.item_added", "report.created"]
    assert {each.subject for each in entries.values()} == {f"{SLUG}/{key}"}
    assert entries["report.item_changed"].changes["text"] == ("One", "Two")


# forms of charts

DRAWN = (
    Item(kind=ItemKind.CHART, question="networks", form="upset"),
    Item(kind=ItemKind.CHART, question="m_serv", form="scatter"),
    Item(kind=ItemKind.CHART, question="invest_rank", form="stacked"),
    Item(kind=ItemKind.CHART, question="networks", form="table"),
    Item(kind=ItemKind.CHART, question="networks"),
)


def drawn_report(store: Store, *items: Item) -> int:
    key = reports.create_report(store, DEMO, "Drawn", "en", actor=OPERATOR, now=NOW)
    for revision, item in enumerate(items, start=1):
        reports.add_item(store, DEMO, key, item, revision=revision, actor=OPERATOR, now=NOW)
    return key


def test_a_chart_stands_in_a_report_in_the_form_that_was_chosen_in_every_format(demo_copy: Store) -> None:
    report = reports.compose_report(demo_copy, DEMO, drawn_report(demo_copy, *DRAWN), actor=OPERATOR, now=NOW)
    figures = [part for part in report.parts if isinstance(part, Figure)]
    forms = [Form.UPSET, Form.SCATTER, Form.STACKED, Form.TABLE, Form.BARS]
    assert [figure.spec.form for figure in figures] == forms
    sets = figures[0].card.combinations
    assert sets is not None
    assert min(each.count for each in sets.told) >= 5
    assert figures[1].card.against is not None
    assert figures[4].card.combinations is None
    words = Words("en")
    deck = Presentation(io.BytesIO(formats.DASHBOARD_FORMATS["pptx"].make(report, words)))
    charts = [[shape.chart for shape in slide.shapes if shape.has_chart] for slide in deck.slides][1:]
    assert [len(each) for each in charts] == [1, 1, 1, 0, 1]
    assert list(charts[0][0].plots[0].series[0].values) == [each.count for each in sets.told]
    assert str(charts[1][0].chart_type).startswith("XY_SCATTER")
    document = Document(io.BytesIO(formats.DASHBOARD_FORMATS["docx"].make(report, words)))
    drawn = [each for each in document.part.package.iter_parts() if str(each.partname).startswith("/word/charts/")]
    assert len(drawn) == 4
    book = load_workbook(io.BytesIO(formats.DASHBOARD_FORMATS["xlsx"].make(report, words)))
    assert [sheet.cell(6, 1).value for sheet in book.worksheets[1:]][:2] == ["Combination", "Option"]
    assert [row[1].value for row in book.worksheets[1].iter_rows(min_row=7)] == [each.count for each in sets.told]
    page = formats.DASHBOARD_FORMATS["html"].make(report, words).decode()
    assert page.count("<figure>") == 4
    assert formats.DASHBOARD_FORMATS["pdf"].make(report, words).startswith(b"%PDF-")


def test_a_chart_whose_form_does_not_suit_its_question_any_more_has_the_first_that_does(replied: Store) -> None:
    asked = {"filters": Filters(), "form": Form.TABLE, **ME}
    finding = recommendations.keep_finding(replied, SLUG, "m_serv", "As kept", **asked)  # type: ignore[arg-type]
    key = begun(
        replied,
        Item(kind=ItemKind.CHART, question="m_serv", form="upset"),
        Item(kind=ItemKind.FINDING, finding_id=finding, form="upset"),
    )
    assert problems(replied, key) == []
    figures = [each for each in reports.compose_report(replied, SLUG, key, **ME).parts if isinstance(each, Figure)]
    assert [each.spec.form for each in figures] == [Form.STACKED, Form.TABLE]
    with refused(InvalidInput, "form.unknown"):
        add(replied, key, Item(kind=ItemKind.CHART, question="m_serv", form="pie"))


def test_forms_are_offered_as_they_suit_the_question_and_a_finding_as_it_was_kept(demo_copy: Store) -> None:
    def offered(item: Item) -> tuple[Form, ...]:
        return reports.forms_offered(demo_copy, DEMO, item, language="en", actor=OPERATOR, now=NOW)

    before = ledger.releases(demo_copy, DEMO, actor=OPERATOR)  # of tests that looked before it was copied
    assert offered(Item(kind=ItemKind.CHART, question="networks")) == (
        Form.BARS,
        Form.INTERVALS,
        Form.UPSET,
        Form.TABLE,
    )
    assert Form.HEAT_MAP in offered(Item(kind=ItemKind.CHART, question="networks", by="region"))
    assert offered(Item(kind=ItemKind.CHART, question="gone")) == offered(Item(kind=ItemKind.TEXT, text="x")) == ()
    assert ledger.releases(demo_copy, DEMO, actor=OPERATOR) == before
    asked = {"filters": Filters(), "actor": OPERATOR, "now": NOW}
    keys = [
        recommendations.keep_finding(demo_copy, DEMO, "networks", "As kept", form=form, **asked)  # type: ignore[arg-type]
        for form in (None, Form.UPSET)
    ]
    items = [Item(kind=ItemKind.FINDING, finding_id=each) for each in keys]
    assert offered(items[0]) == (Form.BARS, Form.INTERVALS, Form.TABLE)
    assert offered(items[1]) == (Form.UPSET, Form.BARS, Form.INTERVALS, Form.TABLE)
    chosen = Item(kind=ItemKind.FINDING, finding_id=keys[1], form="intervals")
    key = drawn_report(demo_copy, *items, chosen)
    report = reports.compose_report(demo_copy, DEMO, key, actor=OPERATOR, now=NOW)
    shown = [part.spec.form for part in report.parts if isinstance(part, Figure)]
    assert shown == [Form.BARS, Form.UPSET, Form.INTERVALS]


@pytest.mark.parametrize(
    ("question", "kept", "chosen", "head"),
    [("networks", "upset", "bars", "Option"), ("m_serv", "scatter", "table", "Item")],
)
def test_a_finding_in_another_form_than_its_own_has_the_numbers_and_the_query_of_what_is_drawn(
    demo_copy: Store, question: str, kept: str, chosen: str, head: str
) -> None:
    asked = {"filters": Filters(), "actor": OPERATOR, "now": NOW}
    finding = recommendations.keep_finding(demo_copy, DEMO, question, "As kept", form=Form(kept), **asked)  # type: ignore[arg-type]
    key = drawn_report(demo_copy, Item(kind=ItemKind.FINDING, finding_id=finding, form=chosen))
    report = reports.compose_report(demo_copy, DEMO, key, actor=OPERATOR, now=NOW)
    (figure,) = [part for part in report.parts if isinstance(part, Figure)]
    query, form = json.loads(figure.spec.provenance), None if chosen == "bars" else chosen
    assert (figure.spec.form, query.get("picture"), query.get("form")) == (chosen, None, form)
    words = Words("en")
    made = {kind: each.make(report, words) for kind, each in formats.DASHBOARD_FORMATS.items()}
    sheet = load_workbook(io.BytesIO(made["xlsx"])).worksheets[1]
    (table,) = Document(io.BytesIO(made["docx"])).tables[-1:]
    assert sheet.cell(6, 1).value == table.rows[0].cells[0].text == head
    for kind in ("pptx", "docx"):
        found = homecoming.check(demo_copy, made[kind], actor=OPERATOR, now=NOW)
        assert {each.verdict for each in found.views if each.question} == {homecoming.Verdict.HOLDS}
        assert [(each.moved, each.error) for each in found.charts if each.query] == [((), None)] * len(found.charts)
    file = take_away.finding_file(
        demo_copy, DEMO, finding, "csv", actor=OPERATOR, words=words, look=formats.Look(form=Form(chosen))
    )
    assert file.content.decode("utf-8-sig").splitlines()[0].split(",")[1] == head


# commands


@pytest.fixture
def run(
    replied: Store,
    environment: Callable[[Settings], None],
    settings: Settings,
    capsys: pytest.CaptureFixture[str],
) -> Callable[..., tuple[int, str, str]]:
    environment(settings)

    def act(*arguments: str) -> tuple[int, str, str]:
        status = main(list(arguments))
        captured = capsys.readouterr()
        return status, captured.out, captured.err

    return act


def test_the_commands_list_check_and_compose_reports(
    run: Callable[..., tuple[int, str, str]], replied: Store, tmp_path: Path
) -> None:
    key = str(begun(replied, text("Most: {{serv_prev.3}}."), Item(kind=ItemKind.CHART, question="m_serv")))
    status, out, err = run("reports", SLUG)
    assert (status, out.split()[0], "What they said" in out, err) == (0, key, True, "")
    line = "Item 1 · {{serv_prev.3}} · The text says “Most”, and the number is 33.\n"
    assert run("check-report", SLUG, key) == (1, line, "")
    path = tmp_path / "report.pptx"
    refusal = "The report is not handed over before its problems are mended. There are 1.\n"
    assert run("compose", SLUG, key, "--format", "pptx", "--out", str(path)) == (1, line, refusal)
    assert not path.exists()
    mended = Item(kind=ItemKind.TEXT, key=1, text="Some: {{serv_prev.3}}.")
    reports.change_item(replied, SLUG, int(key), mended, revision=3, actor=OPERATOR, now=NOW)
    assert run("check-report", SLUG, key) == (0, "", "")
    assert run("check-report", SLUG, key, "--json") == (0, "[]\n", "")
    status, out, err = run("compose", SLUG, key, "--format", "pptx", "--out", str(path))
    assert (status, out, err) == (0, f"{path}: {path.stat().st_size} bytes\n", "")
    master = tmp_path / "master.pptx"
    master.write_bytes(templates.saved(templates.deck()))
    asked = ("compose", SLUG, key, "--template", str(master), "--out", str(path), "--format")
    assert run(*asked, "pptx") == (0, f"{path}: {path.stat().st_size} bytes\n", "")
    assert Presentation(str(path)).slide_width.pt == 720
    assert run(*asked, "docx") == (1, "", "A .pptx file is no template for .docx.\n")
    assert run("check-report", SLUG, "99") == (1, "", "This report does not exist any more.\n")


def test_the_command_draws_a_chart_in_the_form_that_it_is_told(
    run: Callable[..., tuple[int, str, str]], tmp_path: Path
) -> None:
    path = tmp_path / "chart.svg"
    asked = ("chart", SLUG, "m_serv", "--format", "svg", "--out", str(path), "--form")
    assert run(*asked, "table")[0] == 0
    assert "<title" in path.read_text(encoding="utf-8")
    status, _, error = run(*asked, "upset")
    assert (status, "does not suit this question" in error) == (1, True)
    status, _, error = run(*asked, "pie")
    assert (status, "There is no chart “pie”" in error) == (1, True)
