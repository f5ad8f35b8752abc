"""Drafts and windows that are open while a new version is published: nothing typed is lost or stands elsewhere."""

import threading

import pytest

from data.errors import Conflict, InvalidInput
from data.store import Store
from survey import consultations, response_files, responses, saving
from survey.versions.renames import RenameMap
from tests.small import ANSWERS, FORM, NOW, SLUG, begin, fill, publish, refused, send

SWAPPED = FORM.replace(
    "| finding       | Your main finding     | Votre constat", "| recommendation | Your main finding    | Votre constat"
).replace(
    "| recommendation | Your recommendation  | Votre recommandation",
    "| finding        | Your recommendation  | Votre recommandation",
)
SWAP = RenameMap(questions={"finding": "recommendation", "recommendation": "finding"})
WITHOUT = FORM.replace(
    "| | text                   | finding       | Your main finding     | Votre constat         |\n", ""
)
RENAMED_CONTACT = FORM.replace("contact_email", "write_to_us")


def second(store: Store, form: str, renames: RenameMap | None = None) -> None:
    """Publishes another version of the small consultation."""
    assert form != FORM
    publish(store, form=form, renames=renames or RenameMap(), accept_changes=True)


def test_the_swapped_form_is_a_swap() -> None:
    assert SWAPPED.count("| finding ") == SWAPPED.count("| recommendation ") == 1


def test_a_draft_moves_to_the_newest_version_with_its_answers_under_their_new_names(small: Store) -> None:
    code = begin(small)
    fill(small, code, {**ANSWERS, "recommendation": "More funds"})
    second(small, SWAPPED, SWAP)
    opened = responses.reopen(small, code, now=NOW)
    assert (opened.response.version_number, opened.response.moved_from, opened.attention) == (2, 1, ())
    assert opened.state.answers["recommendation"] == ANSWERS["finding"]
    assert opened.state.answers["finding"] == "More funds"
    assert opened.state.answers["contact_email"] == ANSWERS["contact_email"]
    sent = responses.submit(small, code, now=NOW).response
    assert (sent.version_number, sent.submission["finding"]) == (2, "More funds")


def test_the_note_is_shown_until_it_was_read(small: Store) -> None:
    code = begin(small)
    fill(small, code)
    second(small, FORM.replace(". >= 0", ". >= 10"))
    fill(small, code, {"staff": 5})
    assert responses.reopen(small, code, now=NOW).attention == ("staff",)
    responses.dismiss_note(small, code, now=NOW)
    assert responses.reopen(small, code, now=NOW).response.moved_from == 0


@pytest.mark.parametrize(
    "form",
    [
        WITHOUT,
        FORM.replace("| | field     | hr      | Harm reduction      | Réduction            |\n", ""),
        FORM.replace("Your main finding    ", "Which drugs are used?"),
    ],
)
def test_a_draft_whose_answers_a_change_breaks_is_finished_in_its_own_version(small: Store, form: str) -> None:
    code = begin(small)
    fill(small, code)
    second(small, form)
    opened = responses.reopen(small, code, now=NOW)
    assert (opened.response.version_number, opened.response.moved_from) == (1, 0)
    sent = responses.submit(small, code, now=NOW).response
    assert (sent.version_number, sent.submission["finding"]) == (1, ANSWERS["finding"])


def test_a_draft_that_a_change_does_not_concern_moves(small: Store) -> None:
    code = begin(small)
    fill(small, code, {name: answer for name, answer in ANSWERS.items() if name != "finding"})
    second(small, WITHOUT)
    assert responses.reopen(small, code, now=NOW).response.version_number == 2


def test_a_draft_goes_through_every_version_since(small: Store) -> None:
    code = begin(small)
    fill(small, code)
    second(small, FORM.replace("| finding ", "| remark  "), RenameMap(questions={"finding": "remark"}))
    second(small, FORM.replace("| finding ", "| view    "), RenameMap(questions={"remark": "view"}))
    opened = responses.reopen(small, code, now=NOW)
    assert (opened.response.version_number, opened.state.answers["view"]) == (3, ANSWERS["finding"])


def test_a_reply_stays_in_its_version(small: Store) -> None:
    code = send(small)
    second(small, SWAPPED, SWAP)
    opened = responses.reopen(small, code, now=NOW)
    assert (opened.response.version_number, opened.state.answers["finding"]) == (1, ANSWERS["finding"])


def test_a_file_follows_its_question(small: Store) -> None:
    code = begin(small)
    fill(small, code, {**ANSWERS, "story_yes": "yes"})
    upload = {"name": "a.txt", "content": b"a", "limit_bytes": 10, "now": NOW}
    kept = response_files.attach(small, code, "story_file", **upload)  # type: ignore[arg-type]
    second(small, FORM.replace("story_file", "attachment"), RenameMap(questions={"story_file": "attachment"}))
    opened = responses.reopen(small, code, now=NOW)
    assert opened.files["attachment"].id == opened.state.answers["attachment"] == kept.id
    again = response_files.attach(small, code, "story_file", version=1, **upload)  # type: ignore[arg-type]
    assert responses.submit(small, code, now=NOW).response.submission["attachment"] == again.id


def test_contact_data_stay_apart_from_answers_under_any_name(small: Store) -> None:
    old = begin(small)
    fill(small, old)
    finished_in_the_first = begin(small)
    fill(small, finished_in_the_first)
    second(small, RENAMED_CONTACT, RenameMap(questions={"contact_email": "write_to_us"}))
    assert consultations.find(small, SLUG).roles["contact"] == "write_to_us"
    moved = responses.reopen(small, old, now=NOW)
    assert moved.state.answers["write_to_us"] == ANSWERS["contact_email"]
    for code in (old, finished_in_the_first):
        sent = responses.submit(small, code, now=NOW).response
        assert ANSWERS["contact_email"] not in (*sent.submission.values(), *sent.answers.values())
        with small.read() as kept:
            assert list(kept.contact(sent.id).values()) == [ANSWERS["contact_email"]]


# races


def test_a_window_of_the_old_version_saves_into_the_moved_draft_under_the_new_names(small: Store) -> None:
    code = begin(small)
    fill(small, code)
    shown = responses.resume(small, code, now=NOW)
    second(small, SWAPPED, SWAP)
    responses.reopen(small, code, now=NOW)  # another device
    saved = saving.save(
        small, code, {"finding": "Typed in the old window", "recommendation": "And this"},
        seen=shown.state.answers, section="s2", language="en", now=NOW, version=shown.response.version_number,
    )  # fmt: skip
    assert (saved.response.version_number, saved.state.answers["recommendation"]) == (2, "Typed in the old window")
    assert saved.state.answers["finding"] == "And this"


def test_the_old_window_overwrites_nothing_that_the_new_one_answered(small: Store) -> None:
    code = begin(small)
    fill(small, code)
    shown = responses.resume(small, code, now=NOW)
    second(small, SWAPPED, SWAP)
    responses.reopen(small, code, now=NOW)
    fill(small, code, {"recommendation": "Of the new window"})
    with refused(Conflict, "response.changed_elsewhere"):
        saving.save(
            small, code, {"finding": "Of the old window"}, seen=shown.state.answers, section="s2", language="en",
            now=NOW, version=1,
        )  # fmt: skip
    assert responses.resume(small, code, now=NOW).state.answers["recommendation"] == "Of the new window"


def test_an_answer_typed_to_a_question_that_is_gone_is_kept_beside(small: Store) -> None:
    code = begin(small)
    fill(small, code, {name: answer for name, answer in ANSWERS.items() if name != "finding"})
    shown = responses.resume(small, code, now=NOW)
    second(small, WITHOUT)
    responses.reopen(small, code, now=NOW)
    saving.save(
        small, code, {"finding": "Late words", "staff": 3}, seen=shown.state.answers, section="s2", language="en",
        now=NOW, version=1,
    )  # fmt: skip
    saved = fill(small, code, {"staff": 4})
    assert (saved.response.answers["finding"], saved.response.answers["staff"]) == ("Late words", 4)
    assert "finding" not in responses.submit(small, code, now=NOW).response.submission


def test_what_was_looked_over_in_another_version_is_not_sent(small: Store) -> None:
    code = begin(small)
    fill(small, code)
    second(small, SWAPPED, SWAP)
    assert responses.resume(small, code, now=NOW).response.version_number == 1
    responses.reopen(small, code, now=NOW)
    with refused(Conflict, "response.version_changed"):
        responses.submit(small, code, now=NOW, version=1)
    assert responses.submit(small, code, now=NOW, version=2).submitted


def test_many_windows_open_a_draft_while_it_is_answered_and_a_version_is_published(small: Store) -> None:
    code = begin(small)
    fill(small, code)
    faults: list[BaseException] = []
    typed: dict[str, str] = {}

    def window(number: int) -> None:
        for turn in range(6):
            shown = responses.reopen(small, code, now=NOW)
            names = {1: ("finding", "recommendation"), 2: ("recommendation", "finding")}[shown.response.version_number]
            field = names[number % 2]
            words = f"window {number} turn {turn} in {('finding', 'recommendation')[number % 2]}"
            try:
                saving.save(
                    small, code, {field: words}, seen=shown.state.answers, section="s2", language="en", now=NOW,
                    version=shown.response.version_number,
                )  # fmt: skip
                typed[("finding", "recommendation")[number % 2]] = words
            except Conflict:
                continue
            except BaseException as error:  # shown by the assertion below
                faults.append(error)

    windows = [threading.Thread(target=window, args=(number,)) for number in range(4)]
    for each in windows:
        each.start()
    second(small, SWAPPED, SWAP)
    for each in windows:
        each.join()
    assert faults == []
    answers = responses.reopen(small, code, now=NOW).state.answers
    assert str(answers["recommendation"]).endswith("in finding")
    assert str(answers["finding"]).endswith("in recommendation")


def test_an_answer_nobody_asked_is_refused_in_any_version(small: Store) -> None:
    code = begin(small)
    second(small, SWAPPED, SWAP)
    responses.reopen(small, code, now=NOW)
    with refused(InvalidInput, "answer.not_askable"):
        saving.save(small, code, {"nowhere": "x"}, seen={}, section="s2", language="en", now=NOW, version=1)
