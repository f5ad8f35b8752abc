"""What a new version would change is shown first, refused when it breaks answers, and kept with its file."""

import hashlib
import threading

import pytest

from data.errors import Conflict, InvalidInput, NotFound
from data.store import Store
from survey import consultations, publications, published_forms, question_roles
from survey.publications import Workbook
from survey.versions.changes import What
from survey.versions.renames import RenameMap
from survey.xlsform.sheets import from_markdown
from tests.small import FORM, NOW, SECRETARIAT, SLUG, begin, fill, publish, refused, send

WITHOUT = FORM.replace(
    "| | text                   | finding       | Your main finding     | Votre constat         |\n", ""
)


def preview(store: Store, form: str, renames: RenameMap | None = None) -> publications.Difference:
    return publications.preview_publish(
        store, from_markdown(form), slug=SLUG, actor=SECRETARIAT, renames=renames or RenameMap()
    )


def test_the_difference_counts_replies_and_drafts_and_writes_nothing(small: Store) -> None:
    send(small)
    fill(small, begin(small))
    begin(small)
    found = preview(small, WITHOUT.replace("contact_email", "write_to_us"))
    assert found.version == 1
    assert [(c.what, c.name, c.submitted, c.drafts) for c in found.changes] == [
        (What.ADDED, "write_to_us", 0, 0),
        (What.REMOVED, "finding", 1, 1),
        (What.REMOVED, "contact_email", 1, 1),
    ]
    assert [(s.old, s.new) for s in found.suggestions] == [("contact_email", "write_to_us")]
    with small.read() as kept:
        assert kept.version_numbers(kept.consultation(SLUG).id) == (1,)


def test_counts_follow_answers_of_all_versions(small: Store) -> None:
    send(small)
    publish(small, form=FORM.replace("| finding ", "| remark  "), renames=RenameMap(questions={"finding": "remark"}))
    begin(small)
    found = preview(small, WITHOUT)
    assert [(c.what, c.name, c.submitted, c.drafts) for c in found.changes] == [(What.REMOVED, "remark", 1, 0)]


def test_what_breaks_answers_is_refused_until_it_is_accepted(small: Store) -> None:
    publish(small, form=WITHOUT)  # nobody has answered
    publish(small, form=FORM)
    send(small)
    with refused(InvalidInput, "version.breaks_answers") as caught:
        publish(small, form=WITHOUT)
    assert [change.name for change in caught.value.params["changes"]] == ["finding"]  # type: ignore[attr-defined]
    assert publish(small, form=WITHOUT, accept_changes=True).version == 4


def test_what_means_something_else_is_kept_apart_when_it_is_accepted(small: Store) -> None:
    send(small)
    other = FORM.replace("Your main finding ", "Who paid for the journey?").replace(
        "| region    | s       | South               |", "| region    | s       | Antarctic coast     |"
    )
    assert [(each.place, each.old) for each in preview(small, other).apart] == [("", "finding"), ("region", "s")]
    publish(small, form=other, accept_changes=True)
    with small.read() as kept:
        line = published_forms.lineage_of(kept, kept.consultation(SLUG).id)
    carried = line.carry(1, {"finding": "Old", "region": "s"})
    assert carried == {"finding_v1": "Old", "region": "s_v1"}


def test_an_entry_says_that_other_words_mean_the_same(small: Store) -> None:
    send(small)
    other = FORM.replace("Your main finding ", "Who paid for the journey?")
    same = RenameMap(questions={"finding": "finding"})
    assert preview(small, other, same).apart == ()
    publish(small, form=other, accept_changes=True, renames=same)
    with small.read() as kept:
        line = published_forms.lineage_of(kept, kept.consultation(SLUG).id)
    assert line.carry(1, {"finding": "Old"}) == {"finding": "Old"}


def test_a_scale_turned_round_keeps_old_codes_apart_but_the_middle(small: Store) -> None:
    send(small)
    turned = FORM.replace("Not at all ", "Fully +").replace("| Fully  ", "| Not at all  ").replace("Fully +", "Fully  ")
    publish(small, form=turned, accept_changes=True)
    with small.read() as kept:
        line = published_forms.lineage_of(kept, kept.consultation(SLUG).id)
    assert [line.code(1, "serv_hr", code) for code in "123"] == ["1_v1", "2", "3_v1"]


def test_a_part_reaches_back_to_a_version_that_called_its_question_otherwise(small: Store) -> None:
    first = from_markdown(FORM.replace("org_name ", "who_is_it"))
    publications.publish(small, first, slug="named", title={"en": "N"}, actor=SECRETARIAT, now=NOW)
    renames = RenameMap(questions={"who_is_it": "org_name"})
    publications.publish(
        small, from_markdown(FORM), slug="named", title={}, actor=SECRETARIAT, now=NOW, renames=renames
    )
    with small.read() as kept:
        record = kept.consultation("named")
        assert question_roles.roles_in(kept, record, 1)["organisation"] == "who_is_it"
        assert question_roles.roles_in(kept, record, 2)["organisation"] == "org_name"


def test_a_version_published_meanwhile_is_noticed(small: Store) -> None:
    shown = preview(small, WITHOUT)
    publish(small)
    with refused(Conflict, "version.published_meanwhile"):
        publish(small, form=WITHOUT, expected_version=shown.version)
    assert publish(small, form=WITHOUT, expected_version=2).version == 3
    with refused(Conflict, "version.published_meanwhile"):
        publish(small, form=FORM, expected_version=0)


def test_renames_that_cannot_hold_are_all_told_and_nothing_is_published(small: Store) -> None:
    renames = RenameMap(questions={"nobody": "region", "staff": "region"})
    for act in (lambda: preview(small, FORM, renames), lambda: publish(small, renames=renames)):
        with refused(InvalidInput, "renames.invalid") as caught:
            act()
        assert caught.value.params["count"] == 2
    with refused(InvalidInput, "renames.nothing_before"):
        publish(small, slug="other", renames=renames)


@pytest.mark.parametrize(
    ("name", "kept"),
    [
        ("form\0.xlsx", "form.xlsx"),
        ("form\r\nSet-Cookie: a\x1b\u202e\ud800.xlsx", "formSet-Cookie a.xlsx"),
        ("x" * 300 + ".xlsx", "x" * 195 + ".xlsx"),
        ("C:\\forms\\con.xlsx", "_con.xlsx"),
        ("\0", "file"),
    ],
)
def test_the_workbook_is_kept_under_a_name_that_can_be_shown_and_sent(small: Store, name: str, kept: str) -> None:
    publish(small, workbook=Workbook(name=name, content=b"PK"))
    assert publications.history(small, SLUG, actor=SECRETARIAT)[-1].file_name == kept
    assert publications.workbook(small, SLUG, 2, actor=SECRETARIAT).name == f"small-v2-{kept}"


def test_the_workbook_is_kept_as_it_came(small: Store) -> None:
    content = b"PK not really a workbook"
    publish(small, workbook=Workbook(name="form.xlsx", content=content))
    publish(small, renames=RenameMap(choices={"yn": {"yes": "no", "no": "yes"}}), accept_changes=True)
    first, second, third = publications.history(small, SLUG, actor=SECRETARIAT)
    assert (second.file_name, second.file_sha256) == ("form.xlsx", hashlib.sha256(content).hexdigest())
    assert third.renames == {"questions": {}, "choices": {"yn": {"yes": "no", "no": "yes"}}}
    assert publications.workbook(small, SLUG, 2, actor=SECRETARIAT) == Workbook(
        name="small-v2-form.xlsx", content=content
    )
    for number in (first.number, 4):
        with refused(NotFound, "version.no_file"):
            publications.workbook(small, SLUG, number, actor=SECRETARIAT)


@pytest.mark.parametrize(
    ("form", "renames", "role", "name"),
    [
        (FORM.replace("| region        |", "| place         |"), {"region": "place"}, "region", "place"),
        (FORM.replace("contact_email", "reach_us     "), {"contact_email": "reach_us"}, "contact", "reach_us"),
    ],
)
def test_a_renamed_question_keeps_its_part(
    small: Store, form: str, renames: dict[str, str], role: str, name: str
) -> None:
    publish(small, form=form, renames=RenameMap(questions=renames))
    assert consultations.find(small, SLUG).roles[role] == name
    with small.read() as kept:
        found = consultations.find(small, SLUG)
        assert question_roles.roles_in(kept, found, 1)[role] == next(iter(renames))


def test_of_many_who_publish_at_once_on_the_same_version_one_does(small: Store) -> None:
    outcomes: list[str] = []

    def act() -> None:
        try:
            outcomes.append(str(publish(small, form=WITHOUT, expected_version=1).version))
        except Conflict as error:
            outcomes.append(error.code)

    writers = [threading.Thread(target=act) for _ in range(6)]
    for each in writers:
        each.start()
    for each in writers:
        each.join()
    assert sorted(outcomes) == ["2", *["version.published_meanwhile"] * 5]
    assert [version.number for version in publications.history(small, SLUG, actor=SECRETARIAT)] == [1, 2]
