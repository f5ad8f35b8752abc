"""Flags are proposals; a person decides, once; what is excluded counts nowhere and can be taken back."""

import json
from collections.abc import Iterator
from datetime import timedelta

import pytest

from analysis import inventory, microdata, open_answers, opened_data, quality, recommendations, review
from analysis.charts import badge_words
from analysis.disclosure import Audience
from analysis.findings.card import Lens, Verdict
from analysis.opened_data import Filters
from analysis.quality import Copied, Thresholds
from data.analysis_records import Decision, Flag
from data.errors import Conflict, InvalidInput, NotAllowed, NotFound
from data.records import Scope
from data.store import Store
from survey import consultation_rules, corrections, erasure, invitations, responses
from survey.access import ConsultationRole
from survey.translator import Words
from tests.small import (
    CLOSES_AT,
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

LETTER = (
    "We ask every government to close the centres at once and to leave the whole matter to the families of the land."
)
STAFF = {"actor": SECRETARIAT, "now": NOW}
LOOK = {"actor": SECRETARIAT, "language": "en"}
CARD = {"actor": SECRETARIAT, "language": "en", "filters": Filters(), "now": NOW}


def reference_of(store: Store, code: str) -> str:
    return responses.resume(store, code, now=NOW).response.reference


def key_of(store: Store, code: str) -> int:
    return responses.resume(store, code, now=NOW).response.id


def under(store: Store, flag: Flag, **thresholds: float) -> dict[str, quality.FlaggedReply]:
    found = quality.flagged(store, SLUG, thresholds=Thresholds(**thresholds), **LOOK)  # type: ignore[arg-type]
    return {each.reference: each for each in found.flagged[flag]}


def decide(store: Store, flag: Flag, code: str, decision: Decision, *, revision: int = 0, reason: str = "Seen") -> None:
    quality.decide_replies(store, SLUG, flag, [(key_of(store, code), revision)], decision, reason, **STAFF)


def share_of_north(store: Store) -> tuple[object, object]:
    card = review.card(store, SLUG, "region", audience=Audience.INTERNAL, **CARD)  # type: ignore[arg-type]
    return card.base.answered, card.rows[0].cell.count


@pytest.fixture
def campaign(small: Store) -> Store:
    """Four of one campaign from the north, three others from the south, each an organisation of its own."""
    for number in range(4):
        send(small, org_name=f"Copyist {number}", region="n", finding=LETTER, contact_email=f"{number}@c.example")
    for number in range(3):
        send(small, org_name=f"Author {number}", region="s", contact_email=f"{number}@a.example")
    return small


def test_a_campaign_is_proposed_and_counts_until_somebody_decides(campaign: Store) -> None:
    found = quality.flagged(campaign, SLUG, **LOOK)
    assert (found.replies, found.excluded) == (7, 0)
    copied = found.flagged[Flag.CAMPAIGN]
    assert [each.organisation for each in copied] == [f"Copyist {number}" for number in range(4)]
    assert copied[0].evidence == (Copied(question="finding", text=LETTER, likeness=100.0, replies=4),)
    assert {each.standing for each in copied} == {Decision.OPEN}
    assert share_of_north(campaign) == (7, 4)
    assert under(campaign, Flag.CAMPAIGN, copies=5) == {}


def test_what_is_excluded_counts_in_no_figure_and_comes_back_when_the_decision_is_taken_back(campaign: Store) -> None:
    before = opened_data.digest(campaign, SLUG, actor=SECRETARIAT)
    flagged = quality.flagged(campaign, SLUG, **LOOK).flagged[Flag.CAMPAIGN]
    pairs = [(each.response_id, each.revision) for each in flagged]
    quality.decide_replies(campaign, SLUG, Flag.CAMPAIGN, pairs, Decision.EXCLUDED, "One letter", **STAFF)
    assert share_of_north(campaign) == (3, 0)
    assert inventory.replies(campaign, SLUG, actor=SECRETARIAT) == 3
    assert opened_data.digest(campaign, SLUG, actor=SECRETARIAT) != before
    assert open_answers.quotes(campaign, SLUG, "finding", audience=Audience.INTERNAL, search="centres",
                               actor=SECRETARIAT, language="en", filters=Filters()) == ()  # fmt: skip
    card = review.card(campaign, SLUG, "region", audience=Audience.INTERNAL, **CARD)  # type: ignore[arg-type]
    assert card.source.excluded == 4
    card = review.card(campaign, SLUG, "region", audience=Audience.MEETING, **CARD)  # type: ignore[arg-type]
    assert card.source.excluded == 0  # nobody of a meeting learns of four
    found = quality.flagged(campaign, SLUG, **LOOK)
    assert (found.replies, found.excluded) == (7, 4)
    assert {(each.standing, each.revision) for each in found.flagged[Flag.CAMPAIGN]} == {(Decision.EXCLUDED, 1)}
    quality.decide_replies(
        campaign, SLUG, Flag.CAMPAIGN, [(key, 1) for key, _ in pairs], Decision.OPEN, "They wrote to us", **STAFF
    )
    assert share_of_north(campaign) == (7, 4)
    assert opened_data.digest(campaign, SLUG, actor=SECRETARIAT) == before


def test_a_table_for_pandas_has_every_reply_with_a_mark(campaign: Store) -> None:
    (first, *_others) = quality.flagged(campaign, SLUG, **LOOK).flagged[Flag.CAMPAIGN]
    quality.decide_replies(
        campaign, SLUG, Flag.CAMPAIGN, [(first.response_id, 0)], Decision.EXCLUDED, "Copied", **STAFF
    )
    table = microdata.frame(campaign, SLUG, actor=SECRETARIAT, language="en", now=NOW)
    assert list(table[microdata.EXCLUDED]) == [key == first.response_id for key in table.index]
    assert len(table) == 7


def test_the_decision_stands_in_the_log_with_reason_time_and_what_was_before(small: Store) -> None:
    code = send(small)
    decide(small, Flag.SPEEDING, code, Decision.EXCLUDED, reason="  Five seconds  ")
    decide(small, Flag.SPEEDING, code, Decision.KEPT, revision=1, reason="Asked them")
    with small.read() as kept:
        entries = [each for each in kept.log_entries() if each.action.startswith("reply.")]
        (decision,) = kept.review_decisions(kept.consultation(SLUG).id)
    subject = f"{SLUG}/{reference_of(small, code)}"
    assert [(each.action, each.subject, each.actor, each.at) for each in entries] == [
        ("reply.excluded", subject, "person:secretariat", NOW),
        ("reply.kept", subject, "person:secretariat", NOW),
    ]
    assert entries[0].changes == {"decision": (None, "excluded")}
    assert entries[1].changes == {"decision": ("excluded", "kept")}
    assert (entries[0].details["reason"], entries[1].details["flag"]) == ("Five seconds", "speeding")
    assert (decision.decision, decision.reason, decision.revision) == (Decision.KEPT, "Asked them", 2)


def test_who_decides_on_what_somebody_else_has_decided_meanwhile_is_told_and_nothing_is_changed(small: Store) -> None:
    first, second = send(small), send(small, org_name="Other")
    decide(small, Flag.DUPLICATE, first, Decision.KEPT)
    pairs = [(key_of(small, second), 0), (key_of(small, first), 0)]
    with refused(Conflict, "review.changed"):
        quality.decide_replies(small, SLUG, Flag.DUPLICATE, pairs, Decision.EXCLUDED, "Twice", **STAFF)
    decide(small, Flag.DUPLICATE, first, Decision.OPEN, revision=1)
    with refused(Conflict, "review.changed"):
        decide(small, Flag.DUPLICATE, first, Decision.EXCLUDED, revision=1)
    with small.read() as kept:
        found = kept.review_decisions(kept.consultation(SLUG).id)
    assert [(each.response_id, each.decision, each.revision) for each in found] == [
        (key_of(small, first), Decision.OPEN, 2)
    ]


def test_a_reply_is_out_as_long_as_one_flag_excludes_it(small: Store) -> None:
    code = send(small, region="n")
    decide(small, Flag.SPEEDING, code, Decision.EXCLUDED)
    decide(small, Flag.DUPLICATE, code, Decision.EXCLUDED)
    decide(small, Flag.SPEEDING, code, Decision.KEPT, revision=1)
    assert share_of_north(small) == (0, 0)
    decide(small, Flag.DUPLICATE, code, Decision.OPEN, revision=1)
    assert share_of_north(small) == (1, 1)


@pytest.mark.parametrize("reason", ["", "  ", "x" * 1001])
def test_without_a_reason_nothing_is_decided(small: Store, reason: str) -> None:
    code = send(small)
    with refused(InvalidInput, "review.reason"):
        decide(small, Flag.SPEEDING, code, Decision.EXCLUDED, reason=reason)
    with refused(InvalidInput, "review.nothing_chosen"):
        quality.decide_replies(small, SLUG, Flag.SPEEDING, [], Decision.KEPT, "Seen", **STAFF)
    with refused(NotFound, "response.unknown"):
        quality.decide_replies(small, SLUG, Flag.SPEEDING, [(99, 0)], Decision.KEPT, "Seen", **STAFF)


def test_a_decision_on_a_reply_that_was_changed_since_says_so(small: Store) -> None:
    consultation_rules.set_policies(small, SLUG, {"corrections_until": "2026-12-31"}, **STAFF)
    code = send(small)
    decide(small, Flag.SPEEDING, code, Decision.KEPT)
    (found,) = under(small, Flag.SPEEDING).values()
    assert (found.evidence, found.is_changed) == ((), False)
    corrections.correct(small, code, now=NOW + DAY)
    fill(small, code, {"region": "n"}, now=NOW + DAY)
    responses.submit(small, code, now=NOW + DAY)
    (found,) = under(small, Flag.SPEEDING).values()
    assert found.is_changed


def test_erasing_a_response_erases_what_was_decided_on_it(small: Store) -> None:
    code = send(small)
    decide(small, Flag.SPEEDING, code, Decision.EXCLUDED, reason="A private matter")
    erasure.erase_by_reference(small, SLUG, reference_of(small, code), **STAFF)
    with small.read() as kept:
        assert kept.review_decisions(kept.consultation(SLUG).id) == ()
        assert "private" not in json.dumps([each.content for each in kept.log_entries()])


def timed(small: Store, seconds: int, **answers: object) -> str:
    code = begin(small)
    moment = NOW
    for section in ("s0", "s1", "s2"):
        moment += timedelta(seconds=seconds)
        fill(small, code, {"consent": "agree", "publish": "no", "region": "n", **answers},
             now=moment, section=section)  # fmt: skip
    responses.submit(small, code, now=moment)
    return code


def test_who_was_twice_as_fast_is_flagged_and_who_took_the_usual_time_is_not(small: Store) -> None:
    for number in range(10):
        timed(small, 100, org_name=f"Usual {number}")
    fast = timed(small, 20, org_name="Fast")
    assert list(under(small, Flag.SPEEDING)) == [reference_of(small, fast)]
    with refused(InvalidInput, "review.threshold"):
        under(small, Flag.SPEEDING, speed=0.5)


def test_nobody_is_fast_in_an_anonymous_consultation(store: Store) -> None:
    form = "\n".join(line for line in FORM.splitlines() if "org_name" not in line and "contact_email" not in line)
    publish(store, form=form)
    consultation_rules.set_policies(store, SLUG, {"identification": "anonymous"}, **STAFF)
    for number in range(12):
        timed(store, 100 if number else 5)
    found = quality.flagged(store, SLUG, **LOOK)
    assert found.flagged[Flag.SPEEDING] == ()
    assert found.flagged[Flag.DUPLICATE] == ()


def test_an_organisation_of_the_contact_list_under_two_names_is_flagged(small: Store) -> None:
    rows = [{"organisation": "Southern Cross", "region": "s"}]
    invitations.import_frame(small, SLUG, rows, **STAFF)
    one, other = send(small), send(small, org_name="Cruz del Sur", contact_email="post@southern.example")
    assert set(under(small, Flag.DUPLICATE)) == {reference_of(small, one), reference_of(small, other)}
    assert under(small, Flag.DUPLICATE)[reference_of(small, other)].organisation == "Cruz del Sur"


def test_editors_state_rules_in_the_language_of_the_questionnaire(small: Store) -> None:
    broken = send(small, staff="0", serv_prev="3")
    send(small, org_name="Other", staff="5", serv_prev="3")
    key = quality.state_rule(small, SLUG, "Nobody does it", "${staff} = 0 and ${serv_prev} = '3'", **STAFF)
    assert list(under(small, Flag.CONTRADICTION)) == [reference_of(small, broken)]
    with refused(Conflict, "review.rule_exists"):
        quality.state_rule(small, SLUG, "Nobody does it", "${staff} = 1", **STAFF)
    for expression, code in (
        ("${contact_email} = ''", "review.rule_names"),  # kept apart from the answers
        ("${nobody} = 1", "review.rule_names"),
        ("${staff} = = 1", "review.rule_unreadable"),
        (" ", "review.rule_length"),
    ):
        with refused(InvalidInput, code):
            quality.state_rule(small, SLUG, "Another", expression, **STAFF)
    with refused(InvalidInput, "review.rule_name"):
        quality.state_rule(small, SLUG, " ", "${staff} = 1", **STAFF)
    quality.drop_rule(small, SLUG, key, **STAFF)
    assert under(small, Flag.CONTRADICTION) == {}
    with refused(NotFound, "review.rule_unknown"):
        quality.drop_rule(small, SLUG, key, **STAFF)


def test_a_rule_that_a_newer_version_cannot_compute_is_said_and_flags_nobody(small: Store) -> None:
    send(small, staff="0")
    quality.state_rule(small, SLUG, "Nobody", "${staff} = 0", **STAFF)
    publish(small, form="\n".join(line for line in FORM.splitlines() if "| staff " not in line), accept_changes=True)
    found = quality.flagged(small, SLUG, **LOOK)
    assert (found.unreadable, found.flagged[Flag.CONTRADICTION]) == ({"Nobody"}, ())


def test_results_stand_side_by_side_with_and_without_each_class(campaign: Store) -> None:
    copied = quality.flagged(campaign, SLUG, **LOOK).flagged[Flag.CAMPAIGN]
    quality.decide_replies(
        campaign, SLUG, Flag.SPEEDING, [(copied[0].response_id, 0)], Decision.EXCLUDED, "Fast", **STAFF
    )
    quality.decide_replies(campaign, SLUG, Flag.CAMPAIGN, [(copied[1].response_id, 0)], Decision.KEPT, "Ours", **STAFF)
    found = quality.with_and_without(campaign, SLUG, "region", **LOOK)
    by_flag = {each.flag: each for each in found.columns[1:-1]}
    assert [line.label for line in found.lines] == ["North", "South"]
    assert (found.columns[0].answered, found.columns[0].figures) == (7, (4 / 7, 3 / 7))
    assert (by_flag[Flag.SPEEDING].left_out, by_flag[Flag.SPEEDING].figures) == (1, (0.5, 0.5))
    assert (by_flag[Flag.CAMPAIGN].left_out, by_flag[Flag.CAMPAIGN].figures) == (0, (4 / 7, 3 / 7))
    proposed = quality.with_and_without(campaign, SLUG, "region", proposed=True, **LOOK)
    by_flag = {each.flag: each for each in proposed.columns[1:-1]}
    assert (by_flag[Flag.CAMPAIGN].left_out, by_flag[Flag.CAMPAIGN].figures) == (3, (1 / 4, 3 / 4))
    assert (proposed.columns[-1].left_out, proposed.columns[-1].answered) == (3, 4)
    names = [name for name, _label in quality.comparable_questions(campaign, SLUG, **LOOK)]
    assert {"region", "fields", "serv_prev", "invest_rank", "staff"} <= set(names)
    for name in names:
        assert len(quality.with_and_without(campaign, SLUG, name, **LOOK).columns) == 7
    with refused(NotFound, "card.unknown_question"):
        quality.with_and_without(campaign, SLUG, "finding", **LOOK)


def test_the_net_value_with_and_without_has_the_sign_of_the_card_on_a_scale_that_is_listed_from_the_top(
    small: Store,
) -> None:
    lines = FORM.splitlines()
    worst, best = (next(i for i, line in enumerate(lines) if f"| adequacy  | {n} " in line) for n in (1, 3))
    lines[worst], lines[best] = lines[best], lines[worst]
    publish(small, form="\n".join(lines))
    for answer in ("3", "3", "3", "1"):
        send(small, serv_prev=answer)
    card = review.card(small, SLUG, "m_serv", audience=Audience.INTERNAL, **CARD)  # type: ignore[arg-type]
    found = quality.with_and_without(small, SLUG, "serv_prev", **LOOK)
    assert found.columns[0].figures[-1] == card.items[0].net == 0.5


def test_whoever_sees_a_part_is_shown_and_decides_on_that_part_only(campaign: Store) -> None:
    reviewer = granted(ConsultationRole.REVIEWER, Scope(regions=frozenset({"s"})))
    found = quality.flagged(campaign, SLUG, actor=reviewer, language="en")
    assert (found.replies, found.flagged[Flag.CAMPAIGN]) == (3, ())
    (north, *_others) = quality.flagged(campaign, SLUG, **LOOK).flagged[Flag.CAMPAIGN]
    with refused(NotFound, "response.unknown"):
        quality.decide_replies(
            campaign, SLUG, Flag.CAMPAIGN, [(north.response_id, 0)], Decision.KEPT, "x", actor=reviewer, now=NOW
        )
    with refused(NotAllowed, "access.denied"):
        quality.flagged(campaign, SLUG, actor=REPORT_WRITER, language="en")


@pytest.fixture
def turned(small: Store) -> Iterator[Store]:
    """Sixteen of one campaign say yes; twelve others say no and five yes, all in the north."""
    for number in range(33):
        answers: dict[str, object] = {"org_name": f"Group {number}", "contact_email": f"{number}@x.example"}
        answers |= {"region": "n", "story_yes": "no" if 16 <= number < 28 else "yes"}
        send(small, **answers, finding=LETTER if number < 16 else f"Our road number {number}")
    return small


def test_the_badge_follows_decisions_and_the_contact_list_and_is_kept_with_a_finding(turned: Store) -> None:
    def badge(audience: Audience = Audience.MEETING) -> dict[Lens, Verdict]:
        card = review.card(turned, SLUG, "story_yes", audience=audience, **CARD)  # type: ignore[arg-type]
        assert card.robustness is not None
        in_list = next(
            each
            for each in review.cards(turned, SLUG, audience=audience, **CARD)  # type: ignore[arg-type]
            if each.question == "story_yes"
        )
        assert in_list.robustness == card.robustness
        return {each.lens: each.verdict for each in card.robustness.lenses}

    assert badge() == {
        Lens.ONE_VOICE: Verdict.HOLDS,
        Lens.EQUAL_REGIONS: Verdict.HOLDS,
        Lens.RAKED: Verdict.UNTESTED,
        Lens.NO_CAMPAIGNS: Verdict.REVERSED,
    }
    invitations.import_frame(turned, SLUG, [{"organisation": "Group 1", "region": "n"}], **STAFF)
    assert badge()[Lens.RAKED] is Verdict.HOLDS
    key = recommendations.keep_finding(turned, SLUG, "story_yes", "Most have a story", filters=Filters(), **STAFF)
    flagged = quality.flagged(turned, SLUG, **LOOK).flagged[Flag.CAMPAIGN]
    pairs = [(each.response_id, 0) for each in flagged]
    quality.decide_replies(turned, SLUG, Flag.CAMPAIGN, pairs, Decision.KEPT, "They mean it", **STAFF)
    assert badge(Audience.INTERNAL)[Lens.NO_CAMPAIGNS] is Verdict.HOLDS
    (found,) = recommendations.findings(turned, SLUG, actor=SECRETARIAT, language="en")
    line = badge_words.line(found.card.robustness, Words("en"))
    assert (found.record.id, line) == (key, "Robustness: holds in 3 of 4; reversed by: without copied answers.")


def test_the_end_of_answering_changes_nothing_about_the_review(small: Store) -> None:
    code = send(small)
    quality.decide_replies(
        small, SLUG, Flag.SPEEDING, [(key_of(small, code), 0)], Decision.EXCLUDED, "x", actor=SECRETARIAT,
        now=CLOSES_AT + DAY,
    )  # fmt: skip
    assert share_of_north(small) == (0, 0)
