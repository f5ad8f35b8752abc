"""Frozen states: one number over everything that figures rest on, the same bytes again, and two of them compared."""

import json
from dataclasses import replace
from datetime import timedelta

import pytest

from analysis import (
    estimates,
    open_answers,
    opened_data,
    quality,
    recommendations,
    review,
    snapshots,
    states,
    take_away,
)
from analysis.dataset import kept, remembering
from analysis.dataset.codebook import build_codebook
from analysis.dataset.snapshot import digest
from analysis.disclosure import Audience
from analysis.findings.card import Lens, Untested, Verdict
from analysis.findings.method import Method, WeightKind
from analysis.findings.moves import Figure
from analysis.opened_data import Filters
from data.analysis_records import Decision, Flag
from data.errors import InvalidInput, NotFound
from data.records import EVERYTHING, Scope
from data.settings import Settings
from data.store import Store
from survey import (
    consultation_rules,
    consultations,
    corrections,
    demo,
    erasure,
    invitations,
    question_roles,
    responses,
    trash,
)
from survey.access import ConsultationRole
from survey.translator import Words
from tests.analysis.dataset import tables
from tests.small import (
    ADMINISTRATOR,
    ANSWERS,
    DAY,
    FORM,
    NOW,
    REPORT_WRITER,
    SECRETARIAT,
    SLUG,
    begin,
    fill,
    granted,
    publish,
    refused,
    send,
)
from tests.survey.test_identification import NAMELESS, NAMELESS_ANSWERS

WORDS = Words("en")
BY = {"actor": SECRETARIAT, "now": NOW}


def answered(store: Store, count: int = 12) -> list[str]:
    """The codes of replies from north and south, every third without a view of prevention."""
    frame = [{"organisation": f"Org {n}", "region": "n" if n % 4 else "s"} for n in range(20)]
    invitations.import_frame(store, SLUG, frame, actor=SECRETARIAT, now=NOW)
    return [
        send(
            store,
            org_name=f"Org {number}",
            region="n" if number % 2 else "s",
            serv_prev=("1", "3", "dk")[number % 3],
            staff=number * 1.0,
        )
        for number in range(count)
    ]


def reference(store: Store, code: str) -> str:
    return responses.resume(store, code, now=NOW).response.reference


def corrected(store: Store, code: str, **answers: object) -> None:
    consultation_rules.set_policies(store, SLUG, {"corrections_until": "2027-06-30"}, **BY)
    corrections.correct(store, code, now=NOW + DAY)
    fill(store, code, answers, now=NOW + DAY)
    responses.submit(store, code, now=NOW + DAY)


def card(store: Store, question: str, snapshot: str = "", **changes: object):  # type: ignore[no-untyped-def]
    values: dict[str, object] = {
        "actor": SECRETARIAT,
        "audience": Audience.INTERNAL,
        "language": "en",
        "filters": Filters(snapshot=snapshot),
        "now": NOW + 9 * DAY,
    }
    return review.card(store, SLUG, question, **{**values, **changes})  # type: ignore[arg-type]


def test_the_number_under_a_chart_is_the_one_that_the_state_is_frozen_under(small: Store) -> None:
    answered(small)
    printed = card(small, "region").source
    taken = snapshots.take(small, SLUG, **BY, note=" Before the meeting ")
    record = taken.record
    assert (record.sha256, record.sha256[:12]) == (printed.sha256, printed.snapshot)
    assert (record.note, record.replies, record.present, taken.is_new) == ("Before the meeting", 12, 12, True)
    assert record.sha256 == opened_data.digest(small, SLUG, actor=REPORT_WRITER)
    assert [each.sha256 for each in snapshots.listed(small, SLUG, actor=REPORT_WRITER)] == [record.sha256]


def test_the_same_state_is_frozen_once(small: Store) -> None:
    answered(small)
    first, again = snapshots.take(small, SLUG, **BY), snapshots.take(small, SLUG, **BY)
    assert (again.record.id, again.is_new) == (first.record.id, False)


def test_the_number_changes_with_everything_that_figures_rest_on(small: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    codes = answered(small)
    seen = [opened_data.digest(small, SLUG, actor=SECRETARIAT)]

    def look() -> None:
        seen.append(opened_data.digest(small, SLUG, actor=SECRETARIAT))

    send(small, org_name="Another")
    look()
    corrected(small, codes[0], serv_prev="2")
    look()
    invitations.import_frame(small, SLUG, [{"organisation": "New", "region": "s"}], **BY)
    look()
    question_roles.set_roles(small, SLUG, {"finding": "action_local"}, **BY)
    look()
    publish(small, form=FORM.replace("How adequate?", "How good?"))
    look()
    monkeypatch.setattr(states, "VERSION", "9.9.9")
    look()
    assert len(set(seen)) == len(seen) == 7


def test_a_correction_that_was_begun_changes_nothing_and_one_that_was_undone_neither(small: Store) -> None:
    codes = answered(small)
    before = opened_data.digest(small, SLUG, actor=SECRETARIAT)
    consultation_rules.set_policies(small, SLUG, {"corrections_until": "2027-06-30"}, **BY)
    corrections.correct(small, codes[0], now=NOW)
    assert opened_data.digest(small, SLUG, actor=SECRETARIAT) == before
    corrected(small, codes[0], serv_prev="2")
    corrected(small, codes[0], serv_prev="1")
    assert opened_data.digest(small, SLUG, actor=SECRETARIAT) == before


def test_figures_of_a_frozen_state_are_the_same_bytes_after_answers_came_and_changed(small: Store) -> None:
    codes = answered(small)
    values: dict[str, object] = {"actor": REPORT_WRITER, "words": WORDS, "now": NOW}
    taken = snapshots.take(small, SLUG, **BY).record
    first = snapshots.recompute(small, taken.sha256, **BY)
    look = Filters(snapshot=taken.sha256[:12])
    files = {
        kind: take_away.chart_file(small, SLUG, "m_serv", kind, filters=look, **values)  # type: ignore[arg-type]
        for kind in ("svg", "png", "csv", "xlsx")
    }
    frozen = card(small, "serv_prev", taken.sha256, method=Method(weights=WeightKind.RAKED))

    for number in range(6):
        send(small, org_name=f"Later {number}", region="n")
    corrected(small, codes[0], serv_prev="3", region="n")
    corrections.withdraw(small, codes[1], now=NOW + DAY)
    invitations.import_frame(small, SLUG, [{"organisation": "New", "region": "s"}], **BY)
    publish(small, form=FORM.replace(" serv_prev ", " serv_first "), accept_changes=True)
    consultations.change(
        small, SLUG, title={"en": "Other title"}, opens_at=None, deadline_at=None, closes_at=None, **BY
    )

    assert card(small, "serv_hr").base.replies == 17
    again = snapshots.recompute(small, taken.sha256, actor=SECRETARIAT, now=NOW + 9 * DAY)
    assert (again.holds, again.same_figures, again.altered) == (True, True, ())
    assert again.figures == first.figures
    assert json.loads(again.figures)["weights"][0][1]["kind"] == "raked"
    assert card(small, "serv_prev", taken.sha256, method=Method(weights=WeightKind.RAKED)) == frozen
    later = {**values, "now": NOW + 9 * DAY}
    for kind, file in files.items():
        made = take_away.chart_file(small, SLUG, "m_serv", kind, filters=look, **later)  # type: ignore[arg-type]
        assert made.content == file.content, kind


def test_a_state_says_that_its_questionnaire_was_read_otherwise(small: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    send(small, region="n", serv_hr="dk")
    with monkeypatch.context() as older:
        older.setattr("survey.questionnaire.NO_ANSWERS", {})
        taken = snapshots.take(small, SLUG, **BY).record
        then = snapshots.recompute(small, taken.sha256, **BY)
    assert (then.same_figures, then.reads_alike) == (True, True)
    remembering.forget_all()
    kept.forget()
    now = snapshots.recompute(small, taken.sha256, **BY)
    assert (now.holds, now.same_figures, now.reads_alike) == (True, False, False)
    assert not snapshots.reads_alike(small, SLUG, taken.sha256, actor=SECRETARIAT)
    assert card(small, "serv_hr").base.missing["dont_know"] == 1


def test_every_figure_and_weight_of_the_demonstration_is_the_same_bytes_again(demo_copy: Store) -> None:
    taken = snapshots.take(demo_copy, demo.SLUG, **BY).record
    again = snapshots.recompute(demo_copy, taken.sha256[:12], **BY)
    assert (again.holds, again.same_figures, again.record.replies) == (True, True, 461)
    assert len(json.loads(again.figures)["weights"][0][1]["margins"]) == 2


def test_a_frozen_state_keeps_the_cells_of_the_contact_list(demo_copy: Store) -> None:
    method = Method(weights=WeightKind.POSTSTRATIFIED, highest=3.0)
    taken = snapshots.take(demo_copy, demo.SLUG, **BY).record
    asked = {"actor": SECRETARIAT, "language": "en"}
    then = estimates.weights(demo_copy, demo.SLUG, method, snapshot=taken.sha256, **asked)  # type: ignore[arg-type]
    with demo_copy.write() as kept:
        for each in kept.invitations(kept.consultation(demo.SLUG).id)[:200]:
            kept.change_invitation(each.id, organisation_type="")
    assert estimates.weights(demo_copy, demo.SLUG, method, snapshot=taken.sha256, **asked) == then  # type: ignore[arg-type]
    assert estimates.weights(demo_copy, demo.SLUG, method, **asked) != then  # type: ignore[arg-type]


def test_the_badge_of_a_frozen_state_rests_on_what_it_keeps_and_says_what_it_does_not(demo_copy: Store) -> None:
    taken = snapshots.take(demo_copy, demo.SLUG, **BY).record

    def badge(snapshot: str) -> dict[Lens, tuple[Verdict, Untested | None]]:
        look, internal = Filters(snapshot=snapshot), Audience.INTERNAL
        found = review.card(
            demo_copy, demo.SLUG, "led_by", audience=internal, language="en", filters=look, **BY
        ).robustness
        assert found is not None
        return {each.lens: (each.verdict, each.untested) for each in found.lenses}

    present, frozen = badge(""), badge(taken.sha256)
    not_kept = (Verdict.UNTESTED, Untested.NOT_FROZEN)
    assert frozen == present | {Lens.ONE_VOICE: not_kept, Lens.NO_CAMPAIGNS: not_kept}
    assert not_kept not in present.values()


def test_what_was_erased_is_missing_and_said_and_its_answers_are_nowhere(small: Store) -> None:
    codes = answered(small)
    taken = snapshots.take(small, SLUG, **BY).record
    erasure.erase(small, codes[3], now=NOW)
    (record,) = snapshots.listed(small, SLUG, actor=REPORT_WRITER)
    assert (record.replies, record.present, record.erased) == (12, 11, 1)
    again = snapshots.recompute(small, taken.sha256[:10], **BY)
    assert (again.holds, again.same_figures, again.altered) == (False, None, ())
    shown = card(small, "region", taken.sha256)
    assert (shown.base.replies, shown.source.erased, shown.source.snapshot) == (11, 1, taken.sha256[:12])


def test_answers_that_are_altered_behind_the_program_are_found(small: Store, settings: Settings) -> None:
    codes = answered(small)
    taken = snapshots.take(small, SLUG, **BY).record
    who = responses.resume(small, codes[0], now=NOW).response
    with small.write() as kept:
        of_table = "" if settings.sqlite_path else " ON response_revisions"
        kept._connection.exec_driver_sql(f"DROP TRIGGER response_revisions_no_update{of_table}")
        kept._connection.exec_driver_sql(
            f'UPDATE response_revisions SET submission = \'{{"region": "s"}}\' WHERE response_id = {who.id}'
        )
    remembering.forget_all()
    again = snapshots.recompute(small, taken.sha256, **BY)
    assert (again.holds, again.same_figures, again.altered) == (False, False, (who.reference,))


def test_nobody_is_quoted_from_an_old_state_with_words_that_were_changed_or_taken_back(small: Store) -> None:
    kept, changed, withdrawn, deleted = (
        send(small, org_name=name, finding=f"{name} finds") for name in ("Kept", "Changed", "Withdrawn", "Deleted")
    )
    taken = snapshots.take(small, SLUG, **BY).record
    corrected(small, changed, finding="Something else")
    corrections.withdraw(small, withdrawn, now=NOW)
    trash.ask(small, SLUG, reference(small, deleted), "reason", **BY)
    trash.agree(small, SLUG, 1, actor=ADMINISTRATOR, now=NOW)
    found = open_answers.quotes(
        small,
        SLUG,
        "finding",
        actor=SECRETARIAT,
        audience=Audience.INTERNAL,
        language="en",
        filters=Filters(snapshot=taken.sha256),
    )
    assert [each.text for each in found] == ["Kept finds"]
    assert card(small, "finding", taken.sha256).base.answered == 4
    assert reference(small, kept)


def test_two_states_are_compared_response_by_response_and_figure_by_figure(small: Store) -> None:
    codes = answered(small, 10)
    first = snapshots.take(small, SLUG, **BY).record
    references = [reference(small, code) for code in codes]
    corrected(small, codes[0], serv_prev="3", finding="Otherwise")
    corrections.withdraw(small, codes[1], now=NOW)
    came = reference(small, send(small, org_name="Later", region="n", serv_prev="3"))
    trash.ask(small, SLUG, references[2], "reason", **BY)
    trash.agree(small, SLUG, 1, actor=ADMINISTRATOR, now=NOW)
    last = snapshots.take(small, SLUG, actor=SECRETARIAT, now=NOW + DAY).record
    erasure.erase(small, codes[9], now=NOW + DAY)

    found = snapshots.compare(small, first.sha256, last.sha256, actor=SECRETARIAT, language="en", now=NOW)
    assert found.counts == {"came": 1, "changed": 1, "withdrawn": 1, "deleted": 1, "excluded": 0, "went": 0}
    assert [(each.change, each.reference, each.questions) for each in found.differences] == [
        ("came", came, ()),
        ("changed", references[0], ("serv_prev", "finding")),
        ("withdrawn", references[1], ()),
        ("deleted", references[2], ()),
    ]
    assert (found.erased, found.conditions) == ((1, 1), ())
    # of 9 in the first state that are not erased, prevention: 1 three times, 3 three times, "don't know" three times
    moved = {(each.item, each.code, each.figure): each for each in found.moves if each.question == "m_serv"}
    fully = moved["serv_prev", "3", Figure.SHARE]
    assert (fully.count_before, fully.count_after, fully.before, fully.after) == (3, 4, 0.5, 4 / 6)
    assert fully.change == pytest.approx(1 / 6)
    assert not [
        each for each in found.moves if each.question == "publish" and each.figure is Figure.SHARE and each.change
    ]


def test_an_excluded_reply_is_in_the_state_of_before_and_not_in_that_of_afterwards(small: Store) -> None:
    codes = answered(small)
    first = snapshots.take(small, SLUG, **BY).record
    with small.read() as kept:
        (key,) = [each.id for each in kept.responses(1) if each.reference == reference(small, codes[3])]
    quality.decide_replies(small, SLUG, Flag.SPEEDING, [(key, 0)], Decision.EXCLUDED, "Seen", **BY)
    last = snapshots.take(small, SLUG, **BY).record
    assert (first.replies, last.replies) == (12, 11)
    found = snapshots.compare(small, first.sha256, last.sha256, actor=SECRETARIAT, language="en", now=NOW)
    assert [(each.change, each.reference) for each in found.differences] == [("excluded", reference(small, codes[3]))]
    for record in (first, last):
        again = snapshots.recompute(small, record.sha256, **BY)
        assert (again.holds, again.same_figures) == (True, True)


def test_a_comparison_names_the_conditions_that_differ(small: Store) -> None:
    answered(small)
    first = snapshots.take(small, SLUG, **BY).record
    invitations.import_frame(small, SLUG, [{"organisation": "New", "region": "s"}], **BY)
    publish(small, form=FORM.replace("How adequate?", "How good?"))
    last = snapshots.take(small, SLUG, actor=SECRETARIAT, now=NOW + DAY).record
    found = snapshots.compare(small, first.sha256, last.sha256, actor=SECRETARIAT, language="en", now=NOW)
    assert found.conditions == ("codebook", "frame", "invited", "versions")
    assert (sum(found.counts.values()), found.moves) == (0, ())
    (told,) = found.reworded["m_serv"]
    assert (told.code, told.earlier, told.later) == ("", "How adequate?", "How good?")
    assert (list(found.reworded), found.apart) == (["m_serv"], ())


def test_a_scale_that_was_turned_round_between_two_states_is_not_compared_by_its_codes(small: Store) -> None:
    answered(small)
    first = snapshots.take(small, SLUG, **BY).record
    words = {line.split("|")[3].strip(): line for line in FORM.splitlines() if line.startswith("| | adequacy")}
    low, high = words["1"], words["3"]
    turned = (
        FORM.replace(low, "LOW").replace(high, low.replace("| 1 ", "| 3 ")).replace("LOW", high.replace("| 3 ", "| 1 "))
    )
    publish(small, form=turned, accept_changes=True)
    send(small, org_name="Later", region="n", serv_prev="1", staff=5.0)
    last = snapshots.take(small, SLUG, actor=SECRETARIAT, now=NOW + DAY).record
    found = snapshots.compare(small, first.sha256, last.sha256, actor=SECRETARIAT, language="en", now=NOW)
    (apart,) = found.apart
    assert (apart.code, apart.params["question"]) == ("trend.recoded", "m_serv")
    assert {each.figure for each in found.moves if each.question == "m_serv"} == {Figure.NUMBER_ANSWERED}
    assert Figure.MEAN in {each.figure for each in found.moves if each.question == "staff"}


def test_who_may_not_read_answers_is_told_how_many_differ_and_not_which(small: Store) -> None:
    answered(small, 3)
    first = snapshots.take(small, SLUG, **BY).record
    send(small, org_name="Later")
    last = snapshots.take(small, SLUG, actor=SECRETARIAT, now=NOW + DAY).record
    editor = granted(ConsultationRole.EDITOR)
    found = snapshots.compare(small, first.sha256, last.sha256, actor=editor, language="en", now=NOW, slug=SLUG)
    assert (found.counts["came"], found.differences) == (1, ())


def test_in_an_anonymous_consultation_a_comparison_names_no_response(store: Store) -> None:
    publish(store, form=NAMELESS)
    consultation_rules.set_policies(store, SLUG, {"identification": "anonymous"}, **BY)
    taken = []
    for moment in (NOW, NOW + DAY):
        fill(store, code := begin(store), NAMELESS_ANSWERS)
        responses.submit(store, code, now=NOW)
        taken.append(snapshots.take(store, SLUG, actor=SECRETARIAT, now=moment).record)
    first, last = taken
    found = snapshots.compare(store, first.sha256, last.sha256, actor=SECRETARIAT, language="en", now=NOW)
    assert (found.counts["came"], found.differences) == (1, ())


def test_who_sees_a_part_freezes_it_and_sees_no_state_of_more(small: Store) -> None:
    answered(small)
    whole = snapshots.take(small, SLUG, **BY).record
    north = granted(ConsultationRole.ANALYST, Scope(regions=frozenset({"n"})))
    part = snapshots.take(small, SLUG, actor=north, now=NOW).record
    assert (part.replies, part.scope, whole.scope) == (6, Scope(regions=frozenset({"n"})), EVERYTHING)
    assert snapshots.listed(small, SLUG, actor=north) == (part,)
    assert snapshots.listed(small, SLUG, actor=SECRETARIAT) == (part, whole)
    with refused(NotFound, "snapshot.unknown"):
        card(small, "region", whole.sha256, actor=north)
    assert card(small, "region", part.sha256).base.replies == 6
    assert "North" in card(small, "region", part.sha256).source.title
    assert snapshots.recompute(small, part.sha256, **BY).same_figures is True
    assert card(small, "region", part.sha256, actor=north, audience=Audience.MEETING).base.replies == 6
    with refused(InvalidInput, "snapshot.of_a_part"):
        card(small, "region", part.sha256, audience=Audience.MEETING)


def test_a_finding_of_a_frozen_state_keeps_its_numbers_and_its_replies(small: Store) -> None:
    answered(small)
    taken = snapshots.take(small, SLUG, **BY).record
    send(small, org_name="Later")
    recommendations.keep_finding(small, SLUG, "region", "So many", filters=Filters(snapshot=taken.sha256), **BY)
    (kept,) = recommendations.findings(small, SLUG, actor=SECRETARIAT, language="en")
    assert (kept.record.replies, kept.card.base.replies, kept.card.source.sha256) == (12, 12, taken.sha256)


def test_a_state_is_named_by_enough_digits_of_one_that_is_there(small: Store) -> None:
    answered(small, 1)
    taken = snapshots.take(small, SLUG, **BY).record
    assert snapshots.recompute(small, taken.sha256[:8].upper(), **BY).record == taken
    with refused(InvalidInput, "snapshot.too_short"):
        snapshots.recompute(small, taken.sha256[:7], **BY)
    with refused(NotFound, "snapshot.unknown"):
        snapshots.recompute(small, "0" * 64, **BY)
    with refused(NotFound, "snapshot.unknown"):
        snapshots.recompute(small, "%" * 8, **BY)
    with refused(InvalidInput, "snapshot.ambiguous"):
        states.find([taken, replace(taken, id=2)], taken.sha256)
    with refused(InvalidInput, "snapshot.note_too_long"):
        snapshots.take(small, SLUG, **BY, note="x" * 301)


def test_states_of_two_consultations_are_not_compared(small: Store) -> None:
    publish(small, slug="other")
    first, last = (snapshots.take(small, slug, **BY).record for slug in (SLUG, "other"))
    assert first.replies == 0
    with refused(InvalidInput, "snapshot.other_consultation"):
        snapshots.compare(small, first.sha256, last.sha256, actor=SECRETARIAT, language="en", now=NOW)


def test_the_log_says_who_froze_what(small: Store) -> None:
    answered(small, 2)
    taken = snapshots.take(small, SLUG, **BY, note="For Bangkok").record
    with small.read() as kept:
        (entry,) = [each for each in kept.log_entries() if each.action == "snapshot.taken"]
    assert (entry.actor, entry.subject) == ("person:secretariat", f"{SLUG}/{taken.sha256[:12]}")
    assert entry.details == {"sha256": taken.sha256, "replies": 2, "note": "For Bangkok"}


def test_a_draft_is_in_no_snapshot(small: Store) -> None:
    answered(small, 2)
    before = opened_data.digest(small, SLUG, actor=SECRETARIAT)
    fill(small, begin(small), ANSWERS)
    assert opened_data.digest(small, SLUG, actor=SECRETARIAT) == before
    assert snapshots.take(small, SLUG, actor=SECRETARIAT, now=NOW + timedelta(hours=1)).record.replies == 2


def test_equal_answers_have_digests_that_nobody_can_guess(small: Store) -> None:
    send(small, org_name="One")
    send(small, org_name="One")
    with small.read() as kept:
        one, two = kept.responses(kept.consultation(SLUG).id)
    assert dict(one.submission) == dict(two.submission)
    assert len({one.salt, two.salt, ""}) == 3
    assert {len(one.salt), len(two.salt)} == {32}
    assert digest(one.submission) == digest(two.submission)


def test_the_programs_own_words_are_not_in_the_digest_of_a_code_book() -> None:
    """As it was before the program had words for the language of a reply and for the deadline."""
    found = states._codebook_digest(build_codebook(tables.FORM, tables.ROLES))
    assert found == "18f2072086cee46af9372a42c8fb442bb49ed67ee2199bc70747beff24445dd0"
