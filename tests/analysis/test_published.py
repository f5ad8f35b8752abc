"""The public page of results: what may stand there, what is refused, and what becomes of it later."""

import io
import json
import zipfile
from dataclasses import replace
from datetime import datetime

import pytest

from analysis import homecoming, ledger, published, recommendations, snapshots
from analysis.channels import results_page
from analysis.charts.choose import own_form
from analysis.charts.spec import Form
from analysis.disclosure import SUPPRESSED, Audience
from analysis.findings import frozen
from analysis.homecoming import Verdict
from analysis.opened_data import Filters
from analysis.published import Choice, Quotes
from data.errors import Conflict, InvalidInput, NotAllowed, NotFound
from data.records import Scope
from data.store import Store
from survey import consultation_rules, corrections, erasure, outcomes, responses
from survey.access import OPERATOR, Actor, ConsultationRole
from survey.translator import LANGUAGES
from tests.small import DAY, FORM, NOW, SECRETARIAT, SLUG, fill, granted, refused, send
from tests.small import publish as publish_consultation

LATER = NOW + 3 * DAY
STAFF = {"actor": SECRETARIAT, "now": NOW}


@pytest.fixture
def replied(small: Store) -> Store:
    """Sixteen replies: six from the north, ten from the south; one of three says no, one anon, one named."""
    for number in range(16):
        send(
            small,
            org_name=f"Organisation {number}",
            region="n" if number < 6 else "s",
            publish=("no", "anon", "named")[number % 3],
            recommendation=f"Recommendation {number}",
        )
    return small


def keep(store: Store, statement: str = "Most are southern.", question: str = "region", **more: object) -> int:
    values = {"filters": Filters(), **STAFF, **more}
    return recommendations.keep_finding(store, SLUG, question, statement, **values)  # type: ignore[arg-type]


def choose(store: Store, *findings: int, actor: Actor = SECRETARIAT, **more: object) -> int:
    """The revision of the page after this choice."""
    revision = published.prepared(store, SLUG, actor=actor).revision
    choice = Choice(findings=findings, **more)  # type: ignore[arg-type]
    published.prepare(store, SLUG, choice, revision=revision, actor=actor, now=NOW)
    return published.prepared(store, SLUG, actor=actor).revision


def publish(store: Store, *findings: int, now: datetime = NOW, **more: object) -> None:
    published.publish(store, SLUG, revision=choose(store, *findings, **more), actor=SECRETARIAT, now=now)


def page(store: Store, language: str = "en") -> published.Publication:
    return published.publication(store, SLUG, language)


def response_id(store: Store, organisation: str) -> int:
    with store.read() as kept:
        found = kept.responses(kept.consultation(SLUG).id)
    return next(each.id for each in found if each.submission["org_name"] == organisation)


def quoted(store: Store, *names: str, quotes: Quotes = Quotes.ALL) -> list[str]:
    """Publishes a recommendation that rests on the answers of these organisations; the organisations' codes."""
    recommendations.write_recommendation(
        store,
        SLUG,
        text="Fund services.",
        addressee="Member States",
        level="national",
        challenge="c1",
        finding_ids=(),
        answers=[(response_id(store, name), "recommendation") for name in names],
        **STAFF,  # type: ignore[arg-type]
    )
    publish(store, keep(store), recommendations=True, quotes=quotes)
    return [quote.text for each in page(store).recommendations for quote in each.quotes]


# what stands there


def test_a_published_finding_has_the_figures_of_its_moment_in_every_language(replied: Store) -> None:
    publish(replied, keep(replied))
    before = {tag: page(replied, tag) for tag in LANGUAGES}
    for number in range(6):
        send(replied, org_name=f"Later {number}", region="n", now=LATER)
    assert {tag: page(replied, tag) for tag in LANGUAGES} == before
    (finding,) = before["fr"].findings
    assert [(row.label, row.cell.count) for row in finding.card.rows] == [("Nord", 6), ("Sud", 10)]
    assert (finding.place, finding.card.audience, finding.statement.words) == (1, Audience.PUBLIC, "Most are southern.")
    assert [each.findings[0].card.language for each in before.values()] == ["en", "fr", "en", "en", "en", "en"]


def test_findings_stand_in_the_order_of_the_page_with_their_words_by_language(replied: Store) -> None:
    one, two = keep(replied, "One."), keep(replied, "Two.", "publish")
    publish(
        replied,
        two,
        one,
        two,
        statements={one: {"fr": " Un. ", "ru": " "}},
        introduction={"fr": "Bonjour", "en": "Hello", "ar": ""},
    )
    french, russian = page(replied, "fr-CA"), page(replied, "ru")
    assert [(each.statement.words, each.statement.tag) for each in french.findings] == [("Two.", "en"), ("Un.", "fr")]
    assert [each.statement.words for each in russian.findings] == ["Two.", "One."]
    assert (french.introduction.words, russian.introduction.words, russian.introduction.tag) == (
        "Bonjour",
        "Hello",
        "en",
    )
    assert (french.title.words, russian.title.words) == ("Petite consultation", "Small consultation")


def test_what_became_of_the_answers_stands_there_when_it_is_chosen_and_as_it_is_now(replied: Store) -> None:
    key = keep(replied)
    publish(replied, key)
    assert page(replied).outcome is None
    outcomes.write_outcome(replied, SLUG, words={"en": "We read it."}, link="", on="", **STAFF)  # type: ignore[arg-type]
    outcome = page(replied).outcome
    assert outcome is not None
    assert outcome.words == {"en": "We read it."}
    publish(replied, key, outcome=False)
    assert page(replied).outcome is None


def test_publishing_is_a_release_to_the_public_and_a_preview_is_none(replied: Store) -> None:
    choose(replied, keep(replied))
    before = ledger.releases(replied, SLUG, actor=OPERATOR)
    seen = published.preview(replied, SLUG, "en", **STAFF)  # type: ignore[arg-type]
    assert ledger.releases(replied, SLUG, actor=OPERATOR) == before
    published.publish(replied, SLUG, revision=1, **STAFF)  # type: ignore[arg-type]
    (new,) = ledger.releases(replied, SLUG, actor=OPERATOR)[: -len(before)]
    assert (new.audience, new.question, new.actor) == ("public", "region", SECRETARIAT.label)
    assert page(replied).findings == seen.findings


# what is refused


@pytest.mark.parametrize(
    ("choice", "code"),
    [
        (Choice(), "published.nothing"),
        (Choice(findings=(99,)), "published.unknown_finding"),
        (Choice(findings=(1,), written_in="xx"), "published.unknown_language"),
        (Choice(findings=(1,), introduction={"tlh": "nuqneH"}), "published.unknown_language"),
        (Choice(findings=(1,), introduction={"en": "x" * 5001}), "published.too_long"),
        (Choice(findings=(1,), statements={1: {"fr": "x" * 501}}), "published.too_long"),
        (Choice(findings=tuple(range(1, 62))), "published.too_many"),
    ],
)
def test_a_choice_has_bounds(replied: Store, choice: Choice, code: str) -> None:
    keep(replied)
    with refused(InvalidInput, code):
        published.prepare(replied, SLUG, choice, revision=0, **STAFF)  # type: ignore[arg-type]
    with refused(InvalidInput, "published.nothing"):
        published.publish(replied, SLUG, revision=0, **STAFF)  # type: ignore[arg-type]


def test_a_finding_of_another_consultation_is_not_there(replied: Store) -> None:
    publish_consultation(replied, slug="other")
    strange = recommendations.keep_finding(replied, "other", "region", "x", filters=Filters(), **STAFF)  # type: ignore[arg-type]
    with refused(InvalidInput, "published.unknown_finding"):
        choose(replied, strange)


def test_a_finding_that_was_removed_meanwhile_is_refused(replied: Store) -> None:
    key = keep(replied)
    revision = choose(replied, key)
    recommendations.drop_finding(replied, key, **STAFF)  # type: ignore[arg-type]
    with refused(InvalidInput, "published.unknown_finding"):
        published.publish(replied, SLUG, revision=revision, **STAFF)  # type: ignore[arg-type]


def test_a_finding_of_a_part_is_refused(replied: Store) -> None:
    analyst = granted(ConsultationRole.ANALYST, Scope(regions=frozenset({"s"})))
    revision = choose(replied, keep(replied, question="serv_prev", actor=analyst))
    with refused(InvalidInput, "published.of_a_part"):
        published.publish(replied, SLUG, revision=revision, **STAFF)  # type: ignore[arg-type]


def test_where_the_public_may_see_less_than_a_meeting_the_page_shows_less(replied: Store) -> None:
    key = keep(replied)
    consultation_rules.set_policies(replied, SLUG, {"public_threshold": "7"}, **STAFF)  # type: ignore[arg-type]
    publish(replied, key)
    (finding,) = page(replied).findings
    kept = recommendations.findings(replied, SLUG, actor=SECRETARIAT, language="en")[0].card
    assert [row.cell.count for row in kept.rows] == [6, 10]
    assert [row.cell.count for row in finding.card.rows] == [SUPPRESSED, SUPPRESSED]
    assert finding.card.base.answered == 16


@pytest.mark.parametrize("statement", ["All 6 in the north agree.", "كل ٦ في الشمال", "In the north: 6.0"])
def test_a_statement_with_a_number_that_the_public_may_not_see_is_refused(replied: Store, statement: str) -> None:
    key = keep(replied, statement)
    revision = choose(replied, key)
    assert published.preview(replied, SLUG, "en", **STAFF)  # type: ignore[arg-type]
    consultation_rules.set_policies(replied, SLUG, {"public_threshold": "7"}, **STAFF)  # type: ignore[arg-type]
    before = ledger.releases(replied, SLUG, actor=OPERATOR)
    with refused(InvalidInput, "published.hidden_number") as caught:
        published.publish(replied, SLUG, revision=revision, **STAFF)  # type: ignore[arg-type]
    assert str(caught.value.params["number"])[0] in "6٦"
    assert ledger.releases(replied, SLUG, actor=OPERATOR) == before
    with refused(NotFound, "published.unknown"):
        page(replied)


def test_a_number_in_a_translation_is_looked_at_too(replied: Store) -> None:
    key = keep(replied)
    revision = choose(replied, key, statements={key: {"fr": "6 au nord"}})
    consultation_rules.set_policies(replied, SLUG, {"public_threshold": "7"}, **STAFF)  # type: ignore[arg-type]
    with refused(InvalidInput, "published.hidden_number"):
        published.publish(replied, SLUG, revision=revision, **STAFF)  # type: ignore[arg-type]


@pytest.mark.parametrize("where", ["introduction", "recommendation"])
def test_a_number_in_introduction_and_recommendations_is_looked_at_too(replied: Store, where: str) -> None:
    key, said = keep(replied), "Only 6 are of the north."
    if where != "introduction":
        recommendations.write_recommendation(
            replied,
            SLUG,
            text=said,
            addressee="",
            level="national",
            challenge="",
            finding_ids=[key],
            answers=(),
            **STAFF,  # type: ignore[arg-type]
        )
    words = {"fr": said} if where == "introduction" else {}
    publish(replied, key, introduction=words, recommendations=True)
    revision = published.prepared(replied, SLUG, actor=SECRETARIAT).revision
    consultation_rules.set_policies(replied, SLUG, {"public_threshold": "7"}, **STAFF)  # type: ignore[arg-type]
    with refused(InvalidInput, "published.hidden_number") as caught:
        published.publish(replied, SLUG, revision=revision, **STAFF)  # type: ignore[arg-type]
    assert caught.value.params == {"finding": said, "number": "6"}


def test_a_finding_of_which_nothing_is_left_is_refused(replied: Store) -> None:
    key = keep(replied)
    consultation_rules.set_policies(replied, SLUG, {"public_threshold": "50"}, **STAFF)  # type: ignore[arg-type]
    revision = choose(replied, key)
    with refused(InvalidInput, "published.all_hidden"):
        published.publish(replied, SLUG, revision=revision, **STAFF)  # type: ignore[arg-type]


def test_never_more_than_the_meeting_saw(replied: Store) -> None:
    key = keep(replied)
    record = recommendations.findings(replied, SLUG, actor=SECRETARIAT, language="en")[0].record
    hidden = {}
    for tag, card in record.card.items():
        was = frozen.from_json(card)
        rows = tuple(
            replace(row, cell=replace(row.cell, count=SUPPRESSED, share=SUPPRESSED, low=SUPPRESSED, high=SUPPRESSED))
            if row.code == "n"
            else row
            for row in was.rows
        )
        hidden[tag] = frozen.to_json(replace(was, rows=rows))
    with replied.write() as kept:
        kept.change_finding(key, expected_revision=1, card=hidden)
    publish(replied, key)
    (finding,) = page(replied).findings
    assert {row.code: row.cell.count for row in finding.card.rows} == {"n": SUPPRESSED, "s": 10}


# a state that is gone


def test_a_finding_of_an_earlier_state_is_published_as_it_was_kept_and_stands_in_the_ledger(replied: Store) -> None:
    key = keep(replied)
    for number in range(6):
        send(replied, org_name=f"Later {number}", region="n", now=LATER)
    publish(replied, key, now=LATER)
    (finding,) = page(replied).findings
    assert [row.cell.count for row in finding.card.rows] == [6, 10]
    meeting, public = (
        next(each for each in ledger.releases(replied, SLUG, actor=OPERATOR) if each.audience == audience)
        for audience in ("meeting", "public")
    )
    assert (public.state, public.hidden, public.at) == (meeting.state, meeting.hidden, LATER)


def test_a_finding_whose_form_suits_its_question_no_more_is_published_as_it_was_kept(replied: Store) -> None:
    for number in range(60):
        send(
            replied,
            org_name=f"More {number}",
            region="ns"[number % 2],
            publish=("no", "anon", "named")[number // 2 % 3],
        )
    key = keep(replied, by="publish", form=Form.STACKED)
    (kept,) = recommendations.findings(replied, SLUG, actor=SECRETARIAT, language="en")
    more = "".join(f"\n| | region    | r{number}      | Region {number}    | R    |" for number in range(6))
    line = next(each for each in FORM.splitlines() if each.startswith("| | region    | s "))
    publish_consultation(replied, form=FORM.replace(line, line + more))
    publish(replied, key, now=LATER)
    (finding,) = page(replied).findings
    # The regions that are new have nobody, which one more hides.
    assert [row.cell.count for row in kept.card.rows] == [36, 40]
    assert [row.cell.count for row in finding.card.rows] == [SUPPRESSED, 40]
    assert own_form(finding.card) is Form.STACKED


def test_a_finding_of_a_frozen_state_is_made_again_from_it(replied: Store) -> None:
    key = keep(replied)
    snapshots.take(replied, SLUG, **STAFF)  # type: ignore[arg-type]
    send(replied, org_name="Later", region="n", now=LATER)
    consultation_rules.set_policies(replied, SLUG, {"public_rounding": "5"}, **STAFF)  # type: ignore[arg-type]
    publish(replied, key)
    (finding,) = page(replied).findings
    assert [row.cell.count for row in finding.card.rows] == [5, 10]


def test_a_finding_of_a_state_that_is_gone_is_refused_under_other_rules(replied: Store) -> None:
    key = keep(replied)
    send(replied, org_name="Later", region="n", now=LATER)
    consultation_rules.set_policies(replied, SLUG, {"public_threshold": "6"}, **STAFF)  # type: ignore[arg-type]
    revision = choose(replied, key)
    with refused(InvalidInput, "published.changed"):
        published.publish(replied, SLUG, revision=revision, **STAFF)  # type: ignore[arg-type]


# quoted answers


def test_only_answers_that_may_be_published_are_quoted(replied: Store) -> None:
    names = [f"Organisation {number}" for number in range(3)]
    assert quoted(replied, *names) == ["Recommendation 1", "Recommendation 2"]
    (found,) = page(replied).recommendations
    assert [quote.attribution for quote in found.quotes] == ["", "Organisation 2"]
    publish(replied, keep(replied), recommendations=True, quotes=Quotes.NAMED)
    assert [quote.text for quote in page(replied).recommendations[0].quotes] == ["Recommendation 2"]
    publish(replied, keep(replied), recommendations=True)
    assert page(replied).recommendations[0].quotes == ()
    publish(replied, keep(replied))
    assert page(replied).recommendations == ()


def test_the_page_holds_no_words_of_an_answer_but_refers_to_them(replied: Store) -> None:
    quoted(replied, "Organisation 2")
    with replied.read() as kept:
        record = kept.published(kept.consultation(SLUG).id)
    assert record is not None
    assert "Recommendation 2" not in json.dumps([record.content, record.choice])


@pytest.mark.parametrize("act", ["erased", "withdrawn", "corrected", "refused"])
def test_an_answer_that_changed_since_is_quoted_no_more_and_the_figures_stay(replied: Store, act: str) -> None:
    consultation_rules.set_policies(replied, SLUG, {"corrections_until": "2027-06-30"}, **STAFF)  # type: ignore[arg-type]
    code = send(replied, org_name="Thirteen", region="n", recommendation="The thirteenth", publish="named")
    assert quoted(replied, "Thirteen") == ["The thirteenth"]
    before, mark = page(replied).findings, published.mark(replied, SLUG, quotes=True)
    if act == "erased":
        erasure.erase(replied, code, now=LATER)
    elif act == "withdrawn":
        corrections.withdraw(replied, code, now=LATER)
    else:
        corrections.correct(replied, code, now=LATER)
        changes = {"publish": "no"} if act == "refused" else {"recommendation": "Other words"}
        fill(replied, code, changes, now=LATER)
        responses.submit(replied, code, now=LATER)
    assert page(replied).recommendations[0].quotes == ()
    assert page(replied).findings == before
    assert published.mark(replied, SLUG, quotes=True) != mark


# publishing, withdrawing


def test_nothing_stands_there_before_it_is_published_and_after_it_is_withdrawn(replied: Store) -> None:
    key = keep(replied)
    for stage in ("before", "prepared", "withdrawn"):
        if stage == "prepared":
            choose(replied, key)
        elif stage == "withdrawn":
            published.publish(replied, SLUG, revision=1, **STAFF)  # type: ignore[arg-type]
            assert page(replied).findings
            published.withdraw(replied, SLUG, revision=2, **STAFF)  # type: ignore[arg-type]
        for slug in (SLUG, "nowhere"):
            for ask in (
                lambda s: published.mark(replied, s, quotes=False),
                lambda s: published.publication(replied, s, "en"),
            ):
                with refused(NotFound, "published.unknown") as caught:
                    ask(slug)
                assert caught.value.params == {}
    with refused(NotFound, "published.none"):
        published.withdraw(replied, SLUG, revision=3, **STAFF)  # type: ignore[arg-type]
    now_stands = published.prepared(replied, SLUG, actor=SECRETARIAT)
    assert (now_stands.choice.findings, now_stands.published_at, now_stands.withdrawn_at) == ((key,), None, NOW)
    published.publish(replied, SLUG, revision=3, **STAFF)  # type: ignore[arg-type]
    assert page(replied).findings


def test_what_is_published_stays_while_another_choice_is_prepared(replied: Store) -> None:
    key = keep(replied)
    publish(replied, key)
    choose(replied, keep(replied, "Another."), key)
    assert [each.statement.words for each in page(replied).findings] == ["Most are southern."]


def test_what_somebody_else_changed_meanwhile_is_not_overwritten(replied: Store) -> None:
    key = keep(replied)
    choice = Choice(findings=(key,))
    published.prepare(replied, SLUG, choice, revision=0, **STAFF)  # type: ignore[arg-type]
    for revision in (0, 2):
        with refused(Conflict, "record.changed_elsewhere"):
            published.prepare(replied, SLUG, choice, revision=revision, **STAFF)  # type: ignore[arg-type]
        with refused(Conflict, "record.changed_elsewhere"):
            published.publish(replied, SLUG, revision=revision, **STAFF)  # type: ignore[arg-type]
    published.publish(replied, SLUG, revision=1, **STAFF)  # type: ignore[arg-type]
    with refused(Conflict, "record.changed_elsewhere"):
        published.withdraw(replied, SLUG, revision=1, **STAFF)  # type: ignore[arg-type]
    assert page(replied).findings


@pytest.mark.parametrize("role", [ConsultationRole.EDITOR, ConsultationRole.ANALYST, ConsultationRole.VIEWER])
def test_whoever_manages_and_keeps_findings_publishes_and_nobody_else(replied: Store, role: ConsultationRole) -> None:
    key = keep(replied)
    owner = granted(ConsultationRole.OWNER)
    revision = choose(replied, key, actor=owner)
    with refused(NotAllowed, "access.denied"):
        published.publish(replied, SLUG, revision=revision, actor=granted(role), now=NOW)
    part = granted(ConsultationRole.OWNER, Scope(regions=frozenset({"s"})))
    with refused(NotAllowed, "access.part_only"):
        published.publish(replied, SLUG, revision=revision, actor=part, now=NOW)
    published.publish(replied, SLUG, revision=revision, actor=owner, now=NOW)
    assert page(replied).findings


# files


def test_files_are_those_of_what_is_published_and_of_nothing_else(replied: Store) -> None:
    publish(replied, keep(replied), keep(replied, "Many recommend.", "recommendation"))
    keep(replied, "Not published.", "serv_prev")
    found = page(replied, "fr")
    names = {kind: published.finding_file(found, 1, kind).name for kind in ("png", "svg", "csv", "xlsx")}
    assert names["svg"] == "small-1-fr.svg"
    assert "Nord" in published.finding_file(found, 1, "svg").content.decode()
    for place, kind in ((2, "png"), (2, "csv"), (3, "csv"), (0, "csv"), (1, "pptx"), (1, "")):
        with refused(NotFound, "published.unknown"):
            published.finding_file(found, place, kind)
    again = published.everything_file(page(replied, "fr"))
    assert (again.name, again.content) == ("small-fr.zip", published.everything_file(found).content)


def test_a_letter_that_no_font_has_keeps_its_pictures_out_of_the_zip_and_nothing_else(replied: Store) -> None:
    publish(replied, keep(replied, "Most are southern \U0001f389."), keep(replied, "Few."))
    packed = zipfile.ZipFile(io.BytesIO(published.everything_file(page(replied)).content))
    assert packed.namelist() == [
        "README.txt",
        *(
            f"small-{place}-en.{kind}"
            for place in (1, 2)
            for kind in ("png", "svg", "csv", "xlsx")
            if (place, kind) not in ((1, "png"), (1, "svg"))
        ),
    ]


def test_the_page_saved_from_a_browser_and_the_zip_of_its_files_tell_their_views(replied: Store) -> None:
    publish(replied, keep(replied), keep(replied, "Many recommend.", "recommendation"))
    found = page(replied, "fr")
    for content in (results_page.html(found).encode(), published.everything_file(found).content):
        views = homecoming.check(replied, content, actor=SECRETARIAT, now=NOW).views
        assert [(each.question, each.language, each.error) for each in views] == [
            ("region", "fr", None),
            ("recommendation", "fr", None),
        ]
        assert views[0].verdict is Verdict.HOLDS
