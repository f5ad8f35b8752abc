"""Questionnaires in preparation: begun, changed, undone, two people at once, handed over to be published."""

import pytest

from data.errors import Conflict, InvalidInput, NotFound
from data.store import Store
from survey import preparation, publications
from survey.preparation import STATES_KEPT, Project
from survey.versions.renames import RenameMap
from survey.xlsform.sheets import from_markdown
from survey.xlsform.translation_files import export
from survey.xlsform.workbook_writer import to_workbook
from tests.small import DAY, FORM, NOW, SECRETARIAT, SLUG, refused

WHO = {"actor": SECRETARIAT, "now": NOW}


def begin(store: Store, form: str = FORM, name: str = "Mine") -> int:
    return preparation.begin_project(store, name=name, content=form.encode(), filename="form.md", **WHO).project_id


def opened(store: Store, project: int) -> Project:
    return preparation.open_project(store, project, actor=SECRETARIAT)


@pytest.fixture
def project(small: Store) -> int:
    return begin(small)


def test_unknown_columns_survive_every_change(store: Store) -> None:
    form = "| survey |\n| | type | name | label | our own |\n| | text | a | A | kept |\n| | text | b | B | |\n"
    project = begin(store, form)
    preparation.edit_rows(store, project, "survey", changed={2: {"label": "Changed"}}, revision=1, **WHO)
    preparation.move_row(store, project, "survey", 2, 1, revision=2, **WHO)
    preparation.add_library_block(store, project, "sdgs", after=3, revision=3, **WHO)
    rows = opened(store, project).sheets["survey"]
    assert (rows[1]["label"], rows[1]["our own"]) == ("Changed", "kept")


def test_a_change_that_changes_nothing_is_no_state(small: Store, project: int) -> None:
    same = preparation.edit_rows(small, project, "survey", changed={2: {"type": "start"}}, revision=1, **WHO)
    assert (same.record.revision, same.undoable) == (1, ())


def test_the_second_of_two_people_is_told(small: Store, project: int) -> None:
    preparation.edit_rows(small, project, "survey", changed={2: {"name": "one"}}, revision=1, **WHO)
    with refused(Conflict, "record.changed_elsewhere"):
        preparation.edit_rows(small, project, "survey", changed={2: {"name": "two"}}, revision=1, **WHO)
    for late in (
        lambda: preparation.rename_project(small, project, "x", revision=1, **WHO),
        lambda: preparation.delete_project(small, project, revision=1, **WHO),
        lambda: preparation.undo(small, project, revision=1, **WHO),
    ):
        with refused(Conflict, "record.changed_elsewhere"):
            late()
    assert opened(small, project).sheets["survey"][0]["name"] == "one"
    assert opened(small, project).undoable == ("edited",)


def test_changes_are_undone_one_by_one_and_the_oldest_are_forgotten(small: Store, project: int) -> None:
    for number in range(STATES_KEPT + 5):
        preparation.edit_rows(small, project, "survey", changed={2: {"name": f"n{number}"}}, revision=number + 1, **WHO)
    assert len(opened(small, project).undoable) == STATES_KEPT
    for _ in range(STATES_KEPT):
        preparation.undo(small, project, revision=opened(small, project).record.revision, **WHO)
    assert opened(small, project).sheets["survey"][0]["name"] == "n4"
    with refused(InvalidInput, "project.nothing_to_undo"):
        preparation.undo(small, project, revision=opened(small, project).record.revision, **WHO)


def test_a_project_of_a_version_has_its_rows_and_leaves_it_alone(small: Store) -> None:
    begun = preparation.begin_from_version(small, SLUG, name="", **WHO)
    project = opened(small, begun.project_id)
    assert (project.record.name, project.record.slug, project.sheets) == (SLUG, SLUG, from_markdown(FORM))
    preparation.edit_rows(small, begun.project_id, "survey", removed=[3], revision=1, **WHO)
    with small.read() as kept:
        assert len(kept.versions(kept.consultation(SLUG).id)) == 1


def test_the_project_changed_last_is_the_first(small: Store) -> None:
    first, second = begin(small, name="a"), begin(small, name="b")
    preparation.edit_rows(
        small, first, "survey", changed={2: {"name": "x"}}, revision=1, actor=SECRETARIAT, now=NOW + DAY
    )
    assert [record.id for record in preparation.projects(small, actor=SECRETARIAT)] == [first, second]


def test_a_deleted_project_is_gone_with_its_states(small: Store, project: int) -> None:
    preparation.edit_rows(small, project, "survey", changed={2: {"name": "x"}}, revision=1, **WHO)
    preparation.delete_project(small, project, revision=2, **WHO)
    with refused(NotFound, "project.unknown"):
        opened(small, project)
    with small.read() as kept:
        assert kept.project_acts(project) == ()


@pytest.mark.parametrize("name", [" ", "x" * 201])
def test_a_name_that_cannot_be_used_is_refused(name: str, small: Store, project: int) -> None:
    with refused(InvalidInput, "project.name"):
        preparation.rename_project(small, project, name, revision=1, **WHO)


@pytest.mark.parametrize(("old", "new"), [("region", "staff"), ("region", "a b"), ("region", ""), ("nobody", "x")])
def test_a_question_gets_no_name_that_is_taken_or_wrong(old: str, new: str, small: Store, project: int) -> None:
    with refused(InvalidInput, "project.question_name"):
        preparation.rename_question(small, project, old, new, revision=1, **WHO)


def test_a_renamed_question_takes_every_reference_with_it(small: Store, project: int) -> None:
    renamed = preparation.rename_question(small, project, "consent", "agreed", revision=1, **WHO)
    relevant = {row["relevant"] for row in renamed.sheets["survey"]}
    assert "${agreed} = 'agree'" in relevant and "${consent} = 'agree'" not in relevant
    assert preparation.issues_of(renamed.workbook) == preparation.issues_of(renamed.workbook)
    assert not [issue for issue in preparation.issues_of(renamed.workbook) if issue.severity == "error"]


def edit(store: Store, project: int, question: str, **cells: str) -> Project:
    """The project with the words of the question of that name changed: a language code -> its label."""
    now = opened(store, project)
    row = next(row for row in now.sheets["survey"] if row["name"] == question)
    headers = {"en": "label::English (en)", "fr": "label::Français (fr)", "name": "name"}
    changed = {row.number: {headers[key]: cell for key, cell in cells.items()}}
    return preparation.edit_rows(store, project, "survey", changed=changed, revision=now.record.revision, **WHO)


def stale(store: Store, project: int) -> int:
    return sum(each.stale for each in preparation.translation_progress(opened(store, project)))


def test_an_uploaded_translation_whose_source_changes_is_stale(small: Store, project: int) -> None:
    edit(small, project, "region", en="Part of the world")
    assert stale(small, project) == 1


def test_a_translation_typed_in_the_grid_is_stale_once_its_source_changes(small: Store, project: int) -> None:
    edit(small, project, "region", en="Part of the world", fr="Partie du monde")
    assert stale(small, project) == 0
    edit(small, project, "region", en="Where you work")
    assert stale(small, project) == 1
    edit(small, project, "region", fr="Où vous travaillez")
    assert stale(small, project) == 0


@pytest.mark.parametrize("by", ["tool", "grid"])
def test_a_stale_translation_stays_stale_when_its_question_is_renamed(by: str, small: Store, project: int) -> None:
    edit(small, project, "region", en="Part of the world")
    if by == "grid":
        edit(small, project, "region", name="area")
    else:
        preparation.rename_question(small, project, "region", "area", revision=2, **WHO)
    assert stale(small, project) == 1


def test_renaming_what_words_refer_to_makes_no_translation_stale(store: Store) -> None:
    form = (
        "| survey |\n| | type | name | label::English (en) | label::Français (fr) |\n"
        "| | text | who | Who? | Qui ? |\n| | text | why | Why, ${who}? | Pourquoi, ${who} ? |\n"
    )
    project = begin(store, form)
    preparation.rename_question(store, project, "who", "name", revision=1, **WHO)
    assert stale(store, project) == 0
    edit(store, project, "why", en="What for, ${name}?")
    assert stale(store, project) == 1


def test_what_is_stale_stays_stale_through_publication_and_in_a_project_of_the_version(
    small: Store, project: int
) -> None:
    edit(small, project, "region", en="Part of the world")
    going = preparation.to_publish(opened(small, project), now=NOW)
    publications.publish(small, going.sheets, slug="again", title={"en": "Again"}, **WHO)
    preparation.note_published(small, project, "again", **WHO)
    assert stale(small, project) == 1
    begun = preparation.begin_from_version(small, "again", name="", **WHO)
    assert stale(small, begun.project_id) == 1
    assert opened(small, begun.project_id).sheets == opened(small, project).sheets


def test_versions_tell_which_translation_is_older_than_its_source(small: Store) -> None:
    """Also where a workbook without any memory was published."""
    newer = FORM.replace("| Region   ", "| Part of the world")
    assert newer != FORM
    publications.publish(small, from_markdown(newer), slug=SLUG, title={}, accept_changes=True, **WHO)
    begun = preparation.begin_from_version(small, SLUG, name="", **WHO)
    assert stale(small, begun.project_id) == 1


def test_what_is_stale_is_still_known_when_the_workbook_comes_back(small: Store, project: int) -> None:
    edit(small, project, "region", en="Part of the world")
    content = to_workbook(preparation.taken_away(opened(small, project), now=NOW))
    again = preparation.begin_project(small, name="Again", content=content, filename="a.xlsx", **WHO)
    assert (stale(small, again.project_id), again.findings) == (1, ())
    assert opened(small, again.project_id).sheets["survey"] == opened(small, project).sheets["survey"]


def test_what_was_renamed_since_the_version_is_known_until_it_is_published(small: Store) -> None:
    project = preparation.begin_from_version(small, SLUG, name="", **WHO).project_id
    preparation.rename_question(small, project, "region", "area", revision=1, **WHO)
    edit(small, project, "area", name="part")
    edit(small, project, "finding", name="else", en="Quite another question")
    assert opened(small, project).renames == RenameMap(questions={"region": "part"})
    made = publications.renames_that_hold(
        small, opened(small, project).sheets, slug=SLUG, renames=opened(small, project).renames, actor=SECRETARIAT
    )
    assert [(each.old, each.new) for each in made] == [("region", "part")]
    preparation.undo(small, project, revision=opened(small, project).record.revision, **WHO)
    preparation.undo(small, project, revision=opened(small, project).record.revision, **WHO)
    assert opened(small, project).renames == RenameMap(questions={"region": "area"})
    preparation.note_published(small, project, SLUG, **WHO)
    assert opened(small, project).renames == RenameMap()


def test_a_translators_file_confirms_what_is_stale(small: Store, project: int) -> None:
    edit(small, project, "region", en="Part of the world")
    assert stale(small, project) == 1
    file = export(opened(small, project).sheets, "fr", "xlsx", opened(small, project).memory)
    changed, report = preparation.import_translation(
        small, project, file, language="fr", revision=opened(small, project).record.revision, **WHO
    )
    assert (report.language, report.faulty) == ("fr", ())
    assert changed.record.id == project


@pytest.mark.parametrize("content", [b"", b"PK\x03\x04", b"<?xml version='1.0'?><!DOCTYPE x [<!ENTITY a 'b'>]><x/>"])
def test_a_hostile_translation_is_refused_and_nothing_changes(content: bytes, small: Store, project: int) -> None:
    with pytest.raises(InvalidInput):
        preparation.import_translation(small, project, content, revision=1, **WHO)
    assert opened(small, project).record.revision == 1
