"""Prepare: begin a questionnaire, see its issues, try it out, edit it, add blocks, translate it, hand it on."""

import json
from datetime import UTC, datetime

import pytest
from streamlit.util import calc_hash

from data.store import Store
from survey import consultations, preparation, publications
from survey.access import Role
from survey.words import MESSAGES
from survey.xlsform.sheets import Sheets, from_json, from_markdown
from survey.xlsform.translation_files import export
from tests.pages.conftest import SignIn
from tests.pages.test_collect_page import BAD, GOOD, workbook
from tests.pages.visits import OPEN, Visit
from tests.small import FORM, NOW, SECRETARIAT, SLUG

TABLES = ("responses", "response_revisions", "contacts", "files")

OTHER_WORDS = {"label::English (en)": "What do you make of it?"}


def counts(store: Store) -> dict[str, int]:
    """How many rows each table of answers has."""
    with store._engine.connect() as connection:
        return {
            table: int(connection.exec_driver_sql(f"SELECT count(*) FROM {table}").scalar() or 0) for table in TABLES
        }


def begun(store: Store, content: bytes, name: str) -> int:
    return preparation.begin_project(
        store, name="", content=content, filename=name, actor=SECRETARIAT, now=datetime.now(UTC)
    ).project_id


@pytest.fixture
def session(opened: Store, sign_in: SignIn) -> str:
    """The cookie of somebody of the secretariat."""
    return sign_in(Role.SECRETARIAT)


@pytest.fixture
def good(opened: Store) -> int:
    """A project without issues."""
    return begun(opened, workbook(GOOD), "short.xlsx")


def visit_of(project: int, session: str, view: str = "issues", language: str = "en") -> Visit:
    visit = Visit("prepare", session=session, language=language, project=str(project))
    if view != "issues":
        visit.enter("project-view", view).run()
    return visit


def sheets_of(store: Store, project: int) -> Sheets:
    return preparation.open_project(store, project, actor=SECRETARIAT).sheets


# Beginning


def test_a_workbook_becomes_a_project_with_its_issues(opened: Store, session: str) -> None:
    visit = Visit("prepare", session=session)
    visit.widget("new-file").upload("bad.xlsx", workbook(BAD))
    visit.run().click("begin-file")
    assert visit.title == "Short"
    assert "nowhere" in visit.words and "unknown" in visit.words
    (record,) = preparation.projects(opened, actor=SECRETARIAT)
    assert (record.name, record.slug, record.revision) == ("Short", "", 1)
    assert len(consultations.listed(opened)) == 1


def test_a_markdown_file_with_a_companion_is_read(opened: Store, session: str) -> None:
    form = (
        "| survey |\n| | type | name | label |\n| | select_one_from_file towns.csv | town | Town |\n"
        "| settings |\n| | form_title | default_language |\n| | Towns | English (en) |\n"
    )
    visit = Visit("prepare", session=session)
    visit.widget("new-file").upload("towns.md", form.encode())
    visit.widget("new-companions").upload("towns.csv", b"name,label\na,Aden\nb,Bern\n")
    visit.run().click("begin-file")
    (record,) = preparation.projects(opened, actor=SECRETARIAT)
    project = preparation.open_project(opened, record.id, actor=SECRETARIAT)
    assert list(project.sheets.files) == ["towns.csv"]
    assert [issue.code for issue in preparation.issues_of(project.workbook) if issue.severity == "error"] == []


@pytest.mark.parametrize(
    ("name", "content", "code"),
    [
        ("bad.xlsx", b"this is no workbook", "workbook.unreadable"),
        ("empty.xlsx", b"", "workbook.unreadable"),
        ("no.xlsx", workbook({"notes": [["hello"]]}), "workbook.no_survey_sheet"),
        ("bomb.zip", b"PK\x03\x04" + b"PK\x01\x02" * 20_000, "workbook.too_large"),
        ("empty.md", b"no table", "workbook.no_survey_sheet"),
    ],
)
def test_a_hostile_or_useless_file_is_refused_in_words(
    name: str, content: bytes, code: str, opened: Store, session: str
) -> None:
    visit = Visit("prepare", session=session)
    visit.widget("new-file").upload(name, content)
    visit.run().click("begin-file")
    assert [found.value for found in visit.at.error] == [MESSAGES[code]]
    assert preparation.projects(opened, actor=SECRETARIAT) == ()


def test_scripts_in_labels_are_shown_as_they_are_written(opened: Store, session: str) -> None:
    form = {**GOOD, "survey": [GOOD["survey"][0], ["text", "why", "<script>alert(1)</script>", ""]]}
    project = begun(opened, workbook(form), "s.xlsx")
    for view in ("issues", "preview", "edit", "library", "translations", "publish"):
        assert "<script>" not in visit_of(project, session, view).markup


@pytest.mark.parametrize(("way", "button"), [("version", "begin-version"), ("block", "begin-block")])
def test_a_project_begins_from_what_is_there(way: str, button: str, opened: Store, session: str) -> None:
    visit = Visit("prepare", session=session)
    visit.enter("new-way", way).run().click(button)
    (record,) = preparation.projects(opened, actor=SECRETARIAT)
    assert record.slug == (OPEN if way == "version" else "")
    project = preparation.open_project(opened, record.id, actor=SECRETARIAT)
    assert [issue for issue in preparation.issues_of(project.workbook) if issue.severity != "info"] == []


def test_an_empty_project_has_the_languages_that_were_chosen(opened: Store, session: str) -> None:
    visit = Visit("prepare", session=session)
    visit.enter("new-way", "empty").run()
    visit.enter("new-name", "Mine").enter("new-languages", ["fr", "ar"]).click("begin-empty")
    (record,) = preparation.projects(opened, actor=SECRETARIAT)
    headers = sheets_of(opened, record.id).headers["survey"]
    assert [header for header in headers if header.startswith("label")] == [
        "label::Français (fr)",
        "label::العربية (ar)",
    ]


def test_a_project_is_renamed_and_deleted(good: int, opened: Store, session: str) -> None:
    visit = Visit("prepare", session=session)
    visit.enter(f"name_{good}_1", "Another").click(f"rename_{good}")
    assert [record.name for record in preparation.projects(opened, actor=SECRETARIAT)] == ["Another"]
    visit.click(f"delete_{good}")
    assert preparation.projects(opened, actor=SECRETARIAT) == ()


def test_a_project_that_is_gone_is_told_and_the_list_shown(session: str) -> None:
    visit = visit_of(99, session)
    assert [found.value for found in visit.at.error] == [MESSAGES["project.unknown"]]
    assert visit.has("new-file")


def test_a_report_writer_sees_nothing_of_it(good: int, sign_in: SignIn) -> None:
    visit = visit_of(good, sign_in(Role.REPORT_WRITER))
    assert "Short" not in visit.words


# Issues


def test_a_row_is_mended_beside_its_issue(opened: Store, session: str) -> None:
    project = begun(opened, workbook(BAD), "bad.xlsx")
    visit = visit_of(project, session)
    assert visit.widget(f"row_{project}_survey").value == 2
    visit.enter("cell_survey_2_type", "select_one yn").press("Save the row")
    assert sheets_of(opened, project)["survey"][0]["type"] == "select_one yn"
    assert "1 issue is gone" in visit.words or "issues are gone" in visit.words


def test_issues_are_filtered_by_severity(opened: Store, session: str) -> None:
    project = begun(opened, workbook(BAD), "bad.xlsx")
    visit = visit_of(project, session)
    (key,) = [node.key for node in visit.at._tree if str(getattr(node, "key", "")).startswith(f"severities_{project}")]
    visit.enter(key, ["info"]).run()
    assert "ℹ" in visit.words and "✖ <bdi" not in visit.words


def test_an_issue_leads_to_its_row_and_is_told_in_the_readers_language(opened: Store, session: str) -> None:
    form = "| survey |\n| | type | name | label |\n| | text | a | A |\n| | text | b | B |\n| | txt | c | C |\n"
    project = begun(opened, form.encode(), "f.md")
    visit = Visit("prepare", session=session, language="fr", project=str(project))
    assert "Ce type n’existe pas." in visit.words
    visit.enter(f"row_{project}_survey", 2).run().press("Ligne 4")
    assert visit.widget(f"row_{project}_survey").value == 4


# Preview


def test_a_whole_test_leaves_no_reply_anywhere(opened: Store, session: str) -> None:
    project = begun(opened, FORM.encode(), "small.md")
    before = counts(opened)
    visit = visit_of(project, session, "preview")
    assert "Test mode: nothing is counted" in visit.words
    visit.enter("q_consent", "agree").enter("q_publish", "named").click("preview-next")
    visit.click("preview-next")
    assert visit.issues[0] == "2 answers need your attention."
    visit.enter("q_org_name", "Testers").enter("q_region", "s").click("preview-next")
    visit.click("preview-next")
    visit.enter("q_story_yes", "yes").run()
    visit.enter("q_story_file", True).enter("q_contact_email", "a@example.org").click("preview-next")
    (shown,) = [json.loads(found.value) for found in visit.at.code]
    assert shown["submission"]["org_name"] == "Testers"
    assert shown["submission"]["story_file"] == "test-file"
    assert shown["contact, kept apart"] == {"contact_email": "a@example.org"}
    assert "It could be sent as it is." in visit.words
    assert counts(opened) == before == dict.fromkeys(TABLES, 0)


def test_the_preview_speaks_each_language(opened: Store, session: str) -> None:
    project = begun(opened, FORM.encode(), "small.md")
    visit = visit_of(project, session, "preview")
    assert visit.widget("q_consent").label == "Do you agree? (required)"
    visit.enter("preview-language", "fr").run()
    assert visit.widget("q_consent").label == "Êtes-vous d'accord ? (obligatoire)"


def test_a_questionnaire_with_errors_cannot_be_tried_out(opened: Store, session: str) -> None:
    form = "| survey |\n| | type | name | label |\n| | txt | c | C |\n"
    visit = visit_of(begun(opened, form.encode(), "bad.md"), session, "preview")
    assert visit.at.error and not visit.has("preview-next")


def test_what_has_errors_is_left_out_of_the_preview_and_told(opened: Store, session: str) -> None:
    form = (
        "| survey |\n| | type | name | label | relevant |\n| | text | a | First | |\n| | txt | b | Second | |\n"
        "| | text | c | Third | ${b} = 'x' |\n| | text | d | Fourth | nonsense( |\n"
    )
    visit = visit_of(begun(opened, form.encode(), "some.md"), session, "preview")
    assert visit.has("q_a") and visit.has("q_c") and visit.has("q_d") and not visit.has("q_b")
    assert "left out here" in visit.words and "ends too early" in visit.words


def test_an_upload_in_a_test_is_a_box_to_tick(opened: Store, session: str) -> None:
    form = "| survey |\n| | type | name | label |\n| | file | paper | Paper |\n"
    visit = visit_of(begun(opened, form.encode(), "f.md"), session, "preview")
    assert visit.widget("q_paper").label == "As if a file were attached"


def test_answers_of_a_test_do_not_show_in_the_real_form(opened: Store, session: str) -> None:
    project = begun(opened, FORM.encode(), "small.md")
    visit = visit_of(project, session, "preview")
    visit.enter("q_consent", "decline").run()
    assert visit.at.session_state["soundings"]["seen_for"][0] == "test"


# Editing


def grid_key(visit: Visit) -> str:
    return f"grid_{visit.at.session_state['soundings']['grid']['opened']}"


def type_in(visit: Visit, **edits: object) -> Visit:
    """What the browser sends of the grid."""
    empty = {"edited_rows": {}, "added_rows": [], "deleted_rows": []}
    visit.at.session_state[grid_key(visit)] = {**empty, **edits}
    return visit.run()


def test_cells_are_kept_at_once_and_can_be_taken_back(good: int, opened: Store, session: str) -> None:
    visit = visit_of(good, session, "edit")
    type_in(visit, edited_rows={1: {"relevant": "${nobody} = 'yes'"}})
    assert sheets_of(opened, good)["survey"][1]["relevant"] == "${nobody} = 'yes'"
    assert "1 new issue" in visit.words and "nobody" in visit.words
    visit.click("undo")
    assert sheets_of(opened, good)["survey"][1]["relevant"] == "${agree} = 'yes'"
    assert "1 issue is gone." in visit.words


def test_a_choice_is_declared_no_answer_in_its_column(good: int, opened: Store, session: str) -> None:
    visit = visit_of(good, session, "edit").enter("grid-sheet", "choices").run()
    type_in(visit, edited_rows={0: {"missing": "perhaps"}})
    assert "1 new issue" in visit.words and "Write not_applicable, dont_know, refused or answer" in visit.words
    type_in(visit, edited_rows={0: {"missing": "Don't know"}})
    assert sheets_of(opened, good)["choices"][0]["missing"] == "Don't know"
    assert "1 issue is gone." in visit.words


def test_rows_are_added_and_removed(good: int, opened: Store, session: str) -> None:
    visit = visit_of(good, session, "edit")
    type_in(visit, added_rows=[{"type": "text", "name": "more", "label::English (en)": "More?"}], deleted_rows=[1])
    assert [row["name"] for row in sheets_of(opened, good)["survey"]] == ["agree", "more"]


def test_a_row_goes_up_and_a_question_gets_another_name(good: int, opened: Store, session: str) -> None:
    visit = visit_of(good, session, "edit")
    visit.enter(f"tool_{good}_survey", 3).run().click("move-up")
    assert [row["name"] for row in sheets_of(opened, good)["survey"]] == ["why", "agree"]
    visit.enter(f"tool_{good}_survey", 3).run()
    visit.enter(f"new-name-{good}-3-agree", "consent").click("rename-question")
    rows = sheets_of(opened, good)["survey"]
    assert (rows[1]["name"], rows[0]["relevant"]) == ("consent", "${consent} = 'yes'")


def test_a_new_question_stands_below_the_chosen_row(good: int, opened: Store, session: str) -> None:
    visit = visit_of(good, session, "edit")
    visit.enter("question-name", "how").enter("question-label", "How?").enter("question-after", 2)
    visit.press("Add it")
    assert [row["name"] for row in sheets_of(opened, good)["survey"]] == ["agree", "how", "why"]


def test_a_change_on_what_somebody_else_changed_is_refused(good: int, opened: Store, session: str) -> None:
    visit = visit_of(good, session, "edit")
    preparation.edit_rows(
        opened, good, "survey", changed={3: {"name": "because"}}, revision=1, actor=SECRETARIAT, now=datetime.now(UTC)
    )
    type_in(visit, edited_rows={1: {"name": "mine"}})
    assert [found.value for found in visit.at.error] == [
        "Somebody else changed this meanwhile. Load it again before you change it."
    ]
    assert sheets_of(opened, good)["survey"][1]["name"] == "because"
    type_in(visit, edited_rows={1: {"name": "mine"}})
    assert sheets_of(opened, good)["survey"][1]["name"] == "mine"


# Library, translations, publishing


def test_a_block_is_added_and_what_was_fitted_is_told(good: int, opened: Store, session: str) -> None:
    visit = visit_of(good, session, "library")
    visit.click("add_contact")
    visit.click("add_contact")
    assert "contact_email → contact_email_2" in visit.words
    assert [issue for issue in preparation.issues_of(_text(opened, good)) if issue.severity == "error"] == []


def _text(store: Store, project: int) -> str:
    return preparation.open_project(store, project, actor=SECRETARIAT).workbook


def test_a_translation_goes_out_and_comes_back(opened: Store, session: str) -> None:
    project = begun(opened, FORM.encode(), "small.md")
    visit = visit_of(project, session, "translations")
    assert "Français" in visit.words
    assert "97 % translated · 1 missing" in visit.words
    file = (
        export(sheets_of(opened, project), "fr", "xliff")
        .decode()
        .replace("Organisation</target>", "Organisme</target>")
    )
    visit.widget("translation-file").upload("fr.xlf", file.encode())
    visit.run().click("translation-take")
    assert sheets_of(opened, project)["survey"][6]["label::Français (fr)"] == "Organisme"
    assert "Taken in" in visit.words
    visit.widget("translation-file").upload("fr.xlf", b"<xliff")
    visit.run().click("translation-take")
    assert "cannot be read" in visit.at.error[0].value


def test_a_language_that_is_not_far_enough_is_left_out(opened: Store) -> None:
    form = FORM.replace("Êtes-vous d'accord ?", "                    ")
    project = preparation.open_project(opened, begun(opened, form.encode(), "s.md"), actor=SECRETARIAT)
    assert preparation.to_publish(project, now=NOW, least_share=0.5).left_out == ()
    going = preparation.to_publish(project, now=NOW, least_share=1)
    assert [each.language.tag for each in going.left_out] == ["fr"]
    assert not any("(fr)" in header for headers in going.sheets.headers.values() for header in headers)
    assert any("(fr)" in header for header in from_json(project.workbook).headers["survey"])


def test_errors_keep_a_questionnaire_from_being_published(good: int, opened: Store, session: str) -> None:
    assert visit_of(good, session, "publish").widget("to-publish").disabled is False
    bad = begun(opened, workbook(BAD), "bad.xlsx")
    assert visit_of(bad, session, "publish").widget("to-publish").disabled is True


def test_what_was_prepared_is_published_on_the_page_collect(opened: Store, session: str) -> None:
    project = begun(opened, FORM.encode(), "small.md")
    visit = visit_of(project, session, "publish")
    visit.enter("publish-share", 100).click("to-publish")
    visit.at._page_hash = calc_hash("collect")  # the harness does not follow a page that switches
    assert visit.title == "Collect" and "Prepared: Small." in visit.words
    visit.enter("slug", "from-here").enter("title", "From here").run().click("publish")
    assert "Published as version 1." in visit.words
    assert preparation.open_project(opened, project, actor=SECRETARIAT).record.slug == "from-here"
    preparation.edit_rows(
        opened,
        project,
        "survey",
        removed=[12],
        revision=preparation.open_project(opened, project, actor=SECRETARIAT).record.revision,
        actor=SECRETARIAT,
        now=datetime.now(UTC),
    )
    visit.run()
    assert "What changes since version 1" in visit.words
    visit.click("publish")
    assert "Published as version 2." in visit.words
    visit.click("no-project")
    assert visit.has("form")


def test_instances_of_a_repeat_are_added_and_removed_in_a_test(opened: Store, session: str) -> None:
    rows = ("| type | name | label |", "| begin repeat | member | Member |", "| text | who | Who? |", "| end repeat |")
    form = "\n".join(["| survey |", *(f"| {row}" for row in rows)])
    visit = visit_of(begun(opened, form.encode(), "r.md"), session, "preview")
    visit.enter("q_member[1]/who", "Ada").click("add_member")
    visit.enter("q_member[2]/who", "Bea").click("preview-next")
    (shown,) = [json.loads(found.value) for found in visit.at.code]
    assert shown["submission"] == {"member": 2, "member[1]/who": "Ada", "member[2]/who": "Bea"}


def test_a_rename_made_here_is_ticked_where_it_is_published(opened: Store, session: str) -> None:
    publications.publish(
        opened, from_markdown(FORM), slug=SLUG, title={"en": "Small"}, actor=SECRETARIAT, now=NOW, fictional=True
    )
    project = preparation.begin_from_version(opened, SLUG, name="", actor=SECRETARIAT, now=NOW).project_id
    preparation.rename_question(opened, project, "finding", "view", revision=1, actor=SECRETARIAT, now=NOW)
    preparation.edit_rows(
        opened,
        project,
        "survey",
        changed={next(r.number for r in sheets_of(opened, project)["survey"] if r["name"] == "view"): OTHER_WORDS},
        revision=2,
        actor=SECRETARIAT,
        now=NOW,
    )
    visit = visit_of(project, session, "publish")
    visit.click("to-publish")
    visit.at._page_hash = calc_hash("collect")  # the harness does not follow a page that switches
    visit.run()
    assert visit.widget("rename_:finding=view").value is True
    assert "Answers follow it." in visit.words
    visit.widget("rename_:finding=view").uncheck().run()
    assert visit.widget("rename_:finding=view").value is False
    visit.widget("rename_:finding=view").check().run()
    visit.click("publish")
    with opened.read() as kept:
        assert kept.versions(kept.consultation(SLUG).id)[-1].renames["questions"] == {"finding": "view"}
    assert not preparation.open_project(opened, project, actor=SECRETARIAT).renames
