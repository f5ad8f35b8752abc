"""Estimates of the contact list from the store: whose reply counts, by link, by what staff said, within a part."""

import json
from typing import Any

import pytest
from sqlalchemy import update

from analysis import estimates, gradual, opened_data, review, snapshots, states
from analysis.charts import method_words
from analysis.dataset import remembering
from analysis.dataset.snapshot import whole
from analysis.disclosure import Audience
from analysis.findings.card import Card
from analysis.findings.estimates import Estimates, NoStrata
from analysis.findings.listed import ContactList
from analysis.findings.method import Interval, Method, NoFrame, WeightKind
from analysis.opened_data import Filters
from data import schema
from data.invitation_records import InvitationRecord
from data.records import EVERYTHING, Scope
from data.store import Store
from survey import erasure, invitations
from survey.access import OPERATOR, Actor, ConsultationRole
from tests.analysis.eighty import ENGLISH
from tests.small import ANSWERS, NOW, SECRETARIAT, SLUG, frame_of, granted, send, send_by_link

RAKED = Method(weights=WeightKind.RAKED)
WORST = Method(interval=Interval.WORST_CASE)
ASKED: dict[str, Any] = {"audience": Audience.INTERNAL, "language": "en", "now": NOW}


@pytest.fixture
def invited(small: Store) -> Store:
    """Ten of the North and ten of the South are on the contact list."""
    rows = [{"organisation": f"Org {number}", "region": "ns"[number % 2]} for number in range(20)]
    invitations.import_frame(small, SLUG, rows, actor=OPERATOR, now=NOW)
    return small


def _by_name(store: Store) -> dict[str, InvitationRecord]:
    return {each.organisation: each for each in frame_of(store)}


def _count(store: Store, response_id: int, organisation: str | None) -> None:
    key = None if organisation is None else _by_name(store)[organisation].id
    invitations.count_reply(store, SLUG, response_id, key, actor=SECRETARIAT, now=NOW)


def _sent(store: Store) -> list[int]:
    with store.read() as kept:
        return [each.id for each in kept.sent_responses(kept.consultation(SLUG).id)]


def _estimated(store: Store, actor: Actor = SECRETARIAT, **more: Any) -> Estimates:
    return estimates.estimate(store, SLUG, "story_yes", actor=actor, **{**ASKED, **more}).estimates


def _shown(store: Store, **more: Any) -> tuple[Card, Card]:
    """The card of a question made beside the page, and at once."""
    asked: dict[str, Any] = {"actor": SECRETARIAT, "filters": Filters(), "method": WORST, **ASKED, **more}
    beside = gradual.under_way(store, SLUG, ("story_yes",), **asked).card(0)
    assert beside is not None
    return beside, review.card(store, SLUG, "story_yes", **asked)


def test_a_name_that_was_typed_takes_nobodys_place_until_staff_say_so(invited: Store) -> None:
    for number in range(4):
        send(invited, org_name=f"Org {number}", region="ns"[number % 2], story_yes="yes")
    assert _estimated(invited).everybody.no_frame is NoFrame.UNLINKED
    first, second, third, _fourth = _sent(invited)
    _count(invited, first, "Org 0")
    _count(invited, second, "Org 1")
    found = _estimated(invited)
    yes = found.everybody.options[0].whole
    assert yes is not None and yes.n == 2
    assert (found.listed.strangers, yes.worst, yes.best, yes.frame) == (2, 2, 20, 20)
    _count(invited, third, "Org 0")  # of the same organisation
    found = _estimated(invited)
    assert (found.listed.strangers, found.listed.repeated) == (1, 1)
    _count(invited, first, None)
    assert (_estimated(invited).listed.strangers, _estimated(invited).listed.repeated) == (2, 0)


def test_of_several_replies_the_one_by_link_counts_else_the_last(invited: Store) -> None:
    send_by_link(invited, "Org 0", answers={**ANSWERS, "org_name": "Org 0", "region": "n", "story_yes": "no"})
    for said in ("no", "yes"):
        send(invited, org_name="Org 1", region="s", story_yes=said)
    send(invited, org_name="Org 0", region="n", story_yes="yes")
    _linked, first, second, again = _sent(invited)
    for response, organisation in ((again, "Org 0"), (first, "Org 1"), (second, "Org 1")):
        _count(invited, response, organisation)
    found = _estimated(invited)
    yes, no = (each.whole for each in found.everybody.options)
    assert yes is not None and no is not None
    assert (yes.n, yes.worst, no.worst, found.listed.repeated) == (2, 1, 1, 2)


def test_a_card_that_is_made_beside_the_page_follows_what_staff_say(invited: Store) -> None:
    for number in range(3):
        send(invited, org_name=f"Org {number}", region="n", story_yes="yes")
    first, second, _third = _sent(invited)

    for response, low in ((first, 1 / 20), (second, 2 / 20)):
        _count(invited, response, f"Org {response}")
        assert [each.rows[0].cell.low for each in _shown(invited)] == [low, low]


def test_a_card_that_is_made_beside_the_page_follows_the_list(invited: Store) -> None:
    """One more without a region leaves every margin as it was; so do two that change places."""
    for number in range(4):
        send(invited, org_name=f"Org {number}", region="n", story_yes=("yes", "no")[number % 2])
    for number, response in enumerate(_sent(invited)):
        _count(invited, response, f"Org {number}")
    assert [each.rows[0].by["n"].low for each in _shown(invited, by="region")] == [2 / 10, 2 / 10]
    named = _by_name(invited)
    with invited.write() as kept:
        kept.change_invitation(named["Org 0"].id, region="s")
        kept.change_invitation(named["Org 1"].id, region="n")
    assert [each.rows[0].by["n"].low for each in _shown(invited, by="region")] == [1 / 10, 1 / 10]
    invitations.import_frame(invited, SLUG, [{"organisation": "Another"}], actor=OPERATOR, now=NOW)
    assert [each.rows[0].cell.low for each in _shown(invited)] == [2 / 21, 2 / 21]


def test_organisations_with_large_keys_count_too(invited: Store) -> None:
    for number in range(3):
        send(invited, org_name=f"Org {number}", region="n", story_yes="yes")
    with invited.write() as kept:
        kept.change_invitation(_by_name(invited)["Org 0"].id, id=2_147_000_000)
    _count(invited, _sent(invited)[-1], "Org 0")
    assert [each.rows[0].cell.low for each in _shown(invited)] == [1 / 20, 1 / 20]


def test_a_reader_of_a_part_is_told_of_the_list_of_that_part(invited: Store) -> None:
    """Of the North three replied and are of it by the list; one more says North and is of the South by the list."""
    for number, region in ((0, "n"), (2, "n"), (4, "n"), (1, "n"), (3, "s")):
        send(invited, org_name=f"Org {number}", region=region, story_yes="yes")
    for response, number in zip(_sent(invited), (0, 2, 4, 1, 3), strict=True):
        _count(invited, response, f"Org {number}")
    north = granted(ConsultationRole.ANALYST, Scope(regions=frozenset({"n"})))
    found = _estimated(invited, north)
    whole = found.everybody.options[0].whole
    assert whole is not None
    listed = found.listed
    assert (whole.frame, whole.n, listed.strangers, listed.elsewhere) == (10, 3, 0, 1)
    told = "For the contact list 1 reply is left out that is of an organisation in another part of it."
    assert told in method_words.left_out_lines(listed, ENGLISH)
    everybody = _estimated(invited, by="region")
    groups = {each.code: each.options[0].whole for each in everybody.groups}
    assert {code: (each.frame, each.n) for code, each in groups.items() if each} == {"n": (10, 3), "s": (10, 2)}
    assert everybody.everybody.options[0].stratified is not None


def test_weights_of_a_part_call_nobody_a_stranger_who_is_listed_in_another(invited: Store) -> None:
    """Of six that say North two are of the South by the list and one, as staff know, of nobody; Org 4 replied twice."""
    for name in ("Org 0", "Org 2", "Org 4", "Org 1", "Org 3", "Elsewhere", "Org 4"):
        send(invited, org_name=name, region="n", story_yes="yes")
    for response, name in zip(
        _sent(invited), ("Org 0", "Org 2", "Org 4", "Org 1", "Org 3", None, "Org 4"), strict=True
    ):
        _count(invited, response, name)
    north = granted(ConsultationRole.ANALYST, Scope(regions=frozenset({"n"})))
    for actor in (north, SECRETARIAT):
        report = estimates.weights(invited, SLUG, RAKED, actor=actor, language="en")
        assert report is not None
        assert (report.strangers, report.strangers_weight) == (1, pytest.approx(1 / 7))
        assert (report.repeated, report.repeated_weight) == (1, pytest.approx(1 / 7))


def test_a_frozen_state_of_a_part_keeps_who_is_listed_in_another(invited: Store) -> None:
    for number in (0, 2, 1, 4):
        send(invited, org_name=f"Org {number}", region="n", story_yes="yes")
    for response, number in zip(_sent(invited), (0, 2, 1), strict=False):
        _count(invited, response, f"Org {number}")
    part = granted(ConsultationRole.ANALYST, Scope(regions=frozenset({"n"})))
    taken = snapshots.take(invited, SLUG, actor=part, now=NOW).record
    found = _estimated(invited, part, filters=Filters(snapshot=taken.sha256)).listed
    assert (found.strangers, found.elsewhere) == (1, 1)
    assert found == _estimated(invited, part).listed
    assert snapshots.recompute(invited, taken.sha256, actor=part, now=NOW, slug=SLUG).holds


def test_the_contact_list_is_read_once_for_all_cards_and_forgotten_when_answers_go(invited: Store) -> None:
    for number in range(3):
        send(invited, org_name=f"Org {number}", region="n", story_yes="yes")
    first, second, _third = _sent(invited)
    _count(invited, first, "Org 0")

    def listed() -> ContactList:
        opened = opened_data.open_data(invited, SLUG, SECRETARIAT, Audience.INTERNAL)
        return opened_data.contacts_of(invited, opened, WORST, Audience.INTERNAL)

    before = listed()
    assert listed() is before
    _count(invited, second, "Org 1")
    assert [each.response for each in listed().replies] == [first, second]
    after = listed()
    remembering.forget_all()
    assert listed() is not after


def _answered(store: Store) -> list[int]:
    """Eight replies: six of organisations on the list, one of Org 0 again, one of nobody."""
    for number in range(8):
        send(store, org_name=f"Org {number}", region="ns"[number % 2], story_yes=("yes", "no")[number % 3 == 0])
    sent = _sent(store)
    for number, response in enumerate(sent[:6]):
        _count(store, response, f"Org {number}")
    _count(store, sent[6], "Org 0")
    return sent


def _digest(store: Store) -> str:
    return opened_data.digest(store, SLUG, actor=SECRETARIAT)


def test_a_frozen_state_says_the_same_of_the_contact_list_whatever_staff_say_later(invited: Store) -> None:
    sent = _answered(invited)
    then, of_regions = _estimated(invited), _estimated(invited, by="region")
    protected = _estimated(invited, audience=Audience.PUBLIC)
    taken = snapshots.take(invited, SLUG, actor=SECRETARIAT, now=NOW).record
    first = snapshots.recompute(invited, taken.sha256, actor=SECRETARIAT, now=NOW)
    look = Filters(snapshot=taken.sha256)

    _count(invited, sent[1], None)
    _count(invited, sent[2], "Org 9")
    _count(invited, sent[7], "Org 7")
    invitations.import_frame(
        invited,
        SLUG,
        [{"organisation": "Org 4", "region": "s"}, {"organisation": "New", "region": "n"}],
        actor=OPERATOR,
        now=NOW,
        update=True,
    )
    assert _estimated(invited) != then
    assert _estimated(invited, filters=look) == then
    assert _estimated(invited, filters=look, by="region") == of_regions
    assert _estimated(invited, filters=look, audience=Audience.PUBLIC) == protected
    assert (then.listed.strangers, then.listed.repeated, then.everybody.no_strata) == (1, 1, None)
    again = snapshots.recompute(invited, taken.sha256, actor=SECRETARIAT, now=NOW)
    assert (again.holds, again.same_figures, again.figures == first.figures) == (True, True, True)
    ((yes, _no),) = [each["options"] for name, each in json.loads(again.figures)["estimates"] if name == "story_yes"]
    assert (yes["whole"]["frame"], yes["whole"]["n"], yes["stratified"]["replies"]) == (20, 6, 6)


def test_bounds_and_methods_are_offered_for_a_frozen_state_that_has_kept_the_list(invited: Store) -> None:
    _answered(invited)
    asked: dict[str, Any] = {"actor": SECRETARIAT, "method": WORST, **ASKED}
    then = review.card(invited, SLUG, "story_yes", filters=Filters(), **asked)
    taken = snapshots.take(invited, SLUG, actor=SECRETARIAT, now=NOW).record
    _count(invited, _sent(invited)[0], None)
    frozen = review.card(invited, SLUG, "story_yes", filters=Filters(snapshot=taken.sha256), **asked)
    assert (frozen.rows, frozen.statistics) == (then.rows, then.statistics)
    assert estimates.framed(invited, SLUG, actor=SECRETARIAT, snapshot=taken.sha256)


def test_the_state_is_another_when_a_reply_counts_for_another_organisation(invited: Store) -> None:
    sent = _answered(invited)
    seen = [_digest(invited)]
    for response, organisation in ((sent[7], "Org 7"), (sent[7], "Org 1"), (sent[1], None), (sent[7], None)):
        _count(invited, response, organisation)
        seen.append(_digest(invited))
    _count(invited, sent[1], "Org 1")
    assert _digest(invited) == seen[0]
    swapped = [{"organisation": "Org 1", "region": "n"}, {"organisation": "Org 2", "region": "s"}]
    invitations.import_frame(invited, SLUG, swapped, actor=OPERATOR, now=NOW, update=True)
    seen.append(_digest(invited))
    assert len(set(seen)) == len(seen) == 6


def test_a_frozen_state_does_not_say_which_replies_are_of_one_organisation(invited: Store) -> None:
    sent = _answered(invited)
    taken = snapshots.take(invited, SLUG, actor=SECRETARIAT, now=NOW).record
    with invited.read() as kept:
        found = {each.response.id: each.standing for each in kept.frozen_responses(taken.id)}
    assert found[sent[6]] == ("counts", "n", "")
    assert (found[sent[0]], found[sent[7]]) == (("further", "", ""), ("", "", ""))


def test_of_an_erased_reply_a_frozen_state_counts_nobody_instead(invited: Store) -> None:
    _answered(invited)
    taken = snapshots.take(invited, SLUG, actor=SECRETARIAT, now=NOW).record
    code = send(invited, org_name="Org 8", region="n", story_yes="yes")
    _count(invited, _sent(invited)[-1], "Org 8")
    later = snapshots.take(invited, SLUG, actor=SECRETARIAT, now=NOW).record
    erasure.erase(invited, code, now=NOW)
    found = _estimated(invited, filters=Filters(snapshot=later.sha256))
    assert found.everybody == _estimated(invited, filters=Filters(snapshot=taken.sha256)).everybody
    assert not snapshots.recompute(invited, later.sha256, actor=SECRETARIAT, now=NOW).holds


def test_a_link_that_is_altered_behind_the_program_is_found(invited: Store) -> None:
    _answered(invited)
    taken = snapshots.take(invited, SLUG, actor=SECRETARIAT, now=NOW).record
    with invited.write() as kept:
        kept._connection.exec_driver_sql("UPDATE snapshot_responses SET listed_region = 's' WHERE listed = 'counts'")
    remembering.forget_all()
    assert not snapshots.recompute(invited, taken.sha256, actor=SECRETARIAT, now=NOW).holds


def test_a_state_that_was_frozen_before_links_were_kept_gives_the_reason_and_holds(invited: Store) -> None:
    _answered(invited)
    taken = snapshots.take(invited, SLUG, actor=SECRETARIAT, now=NOW).record
    with invited.read() as kept:
        answers = states.open_frozen(invited, kept.consultation(SLUG), taken, EVERYTHING).answers
    under = {name: told for name, told in taken.conditions.items() if name not in ("invited", "links")}
    with invited.write() as kept:  # as it was written then
        table, held = schema.snapshots, schema.snapshot_responses
        kept._connection.execute(update(table).values(conditions=under, sha256=whole(answers, under)))
        kept._connection.execute(update(held).values(listed="", listed_region="", listed_type=""))
    old = Filters(snapshot=whole(answers, under))
    found = _estimated(invited, filters=old)
    assert (found.everybody.no_frame, found.everybody.no_strata) == (NoFrame.FROZEN, NoStrata.FROZEN)
    again = snapshots.recompute(invited, old.snapshot, actor=SECRETARIAT, now=NOW)
    assert again.holds
    assert "estimates" not in json.loads(again.figures)
    assert not estimates.framed(invited, SLUG, actor=SECRETARIAT, snapshot=old.snapshot)
    new = snapshots.take(invited, SLUG, actor=SECRETARIAT, now=NOW).record
    compared = snapshots.compare(invited, old.snapshot, new.sha256, actor=SECRETARIAT, language="en", now=NOW)
    assert compared.conditions == ()


def test_a_comparison_names_that_other_replies_count_for_the_contact_list(invited: Store) -> None:
    sent = _answered(invited)
    first = snapshots.take(invited, SLUG, actor=SECRETARIAT, now=NOW).record
    _count(invited, sent[7], "Org 7")
    last = snapshots.take(invited, SLUG, actor=SECRETARIAT, now=NOW).record
    found = snapshots.compare(invited, first.sha256, last.sha256, actor=SECRETARIAT, language="en", now=NOW)
    assert (found.conditions, found.counts["changed"]) == (("links",), 0)
