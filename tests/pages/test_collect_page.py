"""Collect: publish a workbook, import a contact list and answers, open and close."""

import io
import zipfile
from datetime import UTC, datetime, timedelta

import pytest
import xlsxwriter

from data.errors import NotFound
from data.store import Store
from survey import (
    consultation_rules,
    consultations,
    invitations,
    mailings,
    outcomes,
    published_forms,
    question_roles,
    responses,
)
from survey.access import OPERATOR, Role
from survey.mail_templates import MailKind
from survey.policies import policies_of
from survey.translator import Words
from survey.ui import collect_mailings
from survey.words import MESSAGES
from tests.pages.conftest import SignIn
from tests.pages.visits import OPEN, Visit
from tests.survey.mail_server import mail_server

GOOD = {
    "survey": [
        ["type", "name", "label::English (en)", "relevant"],
        ["select_one yn", "agree", "Do you agree?", ""],
        ["text", "why", "Why?", "${agree} = 'yes'"],
    ],
    "choices": [["list_name", "name", "label::English (en)"], ["yn", "yes", "Yes"], ["yn", "no", "No"]],
    "settings": [["form_title", "form_id", "version"], ["Short", "short", "1"]],
}
BAD = {
    **GOOD,
    "survey": [
        ["type", "name", "label::English (en)", "relevant"],
        ["select_one nowhere", "agree", "<b>Do</b> you agree?", ""],
        ["text", "why", "Why?", "${unknown} = 'yes'"],
    ],
}


def workbook(sheets: dict[str, list[list[str]]]) -> bytes:
    """The sheets as an .xlsx file."""
    target = io.BytesIO()
    with xlsxwriter.Workbook(target) as book:
        for name, rows in sheets.items():
            sheet = book.add_worksheet(name)
            for number, row in enumerate(rows):
                sheet.write_row(number, 0, row)
    return target.getvalue()


@pytest.fixture
def visit(opened: Store, sign_in: SignIn) -> Visit:
    """The page as the secretariat sees it."""
    return Visit("collect", session=sign_in(Role.SECRETARIAT))


def upload(visit: Visit, key: str, name: str, content: bytes) -> Visit:
    """Chooses a file in the field with that key."""
    visit.widget(key).upload(name, content)
    return visit.run()


def test_a_workbook_without_errors_is_published(visit: Visit, opened: Store) -> None:
    upload(visit, "form", "short.xlsx", workbook(GOOD))
    assert not visit.at.error
    visit.enter("slug", "short-one").enter("title", "A short one").click("publish")
    assert [found.value for found in visit.at.success] == ["Published as version 1."]
    assert consultations.find(opened, "short-one").title == {"en": "A short one"}
    visit.click("publish")
    assert [found.value for found in visit.at.success] == ["Published as version 2."]


NAMES = ("two\r\nlines\x1b", "x" * 300)
"""A name with a NUL is refused by Streamlit before a page is asked."""


@pytest.mark.parametrize("name", NAMES)
def test_a_workbook_may_have_any_name(name: str, visit: Visit, opened: Store) -> None:
    upload(visit, "form", f"{name}.xlsx", workbook(GOOD))
    visit.enter("slug", "short-one").enter("title", "A short one").click("publish")
    assert [found.value for found in visit.at.success] == ["Published as version 1."]
    with opened.read() as kept:
        (version,) = kept.versions(kept.consultation("short-one").id)
    assert version.file_name.isprintable()
    assert version.file_name.endswith(".xlsx")
    assert not Visit("collect", session=visit.session).at.exception


@pytest.mark.parametrize("name", NAMES)
@pytest.mark.parametrize("ending", ["csv", "xlsx"])
def test_a_contact_list_may_have_any_name(name: str, ending: str, visit: Visit) -> None:
    rows = [["organisation"], ["Harbour Network"]]
    content = b"organisation\nHarbour Network\n" if ending == "csv" else workbook({"list": rows})
    upload(visit, f"frame_{OPEN}", f"{name}.{ending}", content).click(f"add_frame_{OPEN}")
    assert [found.value for found in visit.at.success] == ["1 added, 0 were there already."]


def test_a_workbook_with_errors_lists_them_and_cannot_be_published(visit: Visit, opened: Store) -> None:
    upload(visit, "form", "bad.xlsx", workbook(BAD))
    assert visit.at.error[-1].value.startswith("The questionnaire has errors.")
    assert "nowhere" in visit.words
    assert "unknown" in visit.words
    assert "<td>error</td>" in visit.markup
    assert not visit.has("publish")
    assert len(consultations.listed(opened)) == 1


@pytest.mark.parametrize(
    ("name", "content", "code"),
    [
        ("bad.xlsx", b"this is no workbook", "workbook.unreadable"),
        ("empty.xlsx", b"", "workbook.unreadable"),
        ("no.xlsx", workbook({"notes": [["hello"]]}), "workbook.no_survey_sheet"),
    ],
)
def test_a_file_that_is_no_questionnaire_is_refused_in_words(
    name: str, content: bytes, code: str, visit: Visit
) -> None:
    upload(visit, "form", name, content)
    assert [found.value for found in visit.at.error] == [MESSAGES[code]]


@pytest.mark.parametrize(
    ("slug", "title", "code"), [("Not A Slug", "T", "consultation.slug"), ("fine", " ", "consultation.title")]
)
def test_a_short_name_or_title_that_cannot_be_used_is_refused(slug: str, title: str, code: str, visit: Visit) -> None:
    upload(visit, "form", "short.xlsx", workbook(GOOD))
    visit.enter("slug", slug).enter("title", title).click("publish")
    assert [found.value for found in visit.at.error] == [MESSAGES[code].format(slug=slug)]


def test_a_contact_list_is_added_once(visit: Visit, opened: Store) -> None:
    content = "organisation,region,email\nHarbour Network,ssa,a@example.org\nÉtoile,weu,\n".encode()
    upload(visit, f"frame_{OPEN}", "frame.csv", content).click(f"add_frame_{OPEN}")
    assert [found.value for found in visit.at.success] == ["2 added, 0 were there already."]
    visit.click(f"add_frame_{OPEN}")
    assert [found.value for found in visit.at.success] == ["0 added, 2 were there already."]


def test_columns_of_a_contact_list_are_guessed_and_can_be_corrected(visit: Visit, opened: Store) -> None:
    rows = [["Nom", "Zone", "Contact"], ["Harbour Network", "Sub-Saharan Africa", "a@example.org"]]
    upload(visit, f"frame_{OPEN}", "frame.xlsx", workbook({"list": rows}))
    assert visit.widget(f"map_organisation_{OPEN}").value == "Nom"
    visit.enter(f"map_region_{OPEN}", "Zone").enter(f"map_email_{OPEN}", "Contact").run()
    visit.click(f"add_frame_{OPEN}")
    with opened.read() as kept:
        (found,) = kept.invitations(kept.consultation(OPEN).id)
    assert (found.organisation, found.region, found.email) == ("Harbour Network", "ssa", "a@example.org")


def test_what_may_be_there_already_is_added_only_when_asked(visit: Visit, opened: Store) -> None:
    content = b"name,email\nHarbour <b>Network,a@example.org\nHarbor <b>Network,\n"
    upload(visit, f"frame_{OPEN}", "frame.csv", content)
    assert "nearly the name of Harbour &lt;b&gt;Network" in visit.markup
    visit.click(f"add_frame_{OPEN}")
    assert [found.value for found in visit.at.success] == ["1 added, 0 were there already."]
    visit.enter(f"frame_doubtful_{OPEN}", True).click(f"add_frame_{OPEN}")
    assert [found.value for found in visit.at.success] == ["1 added, 1 were there already."]


def test_a_row_without_a_name_is_left_out_and_the_rest_is_taken(visit: Visit, opened: Store) -> None:
    content = b"organisation,region\nHarbour Network,ssa\n,as of May\n"
    upload(visit, f"frame_{OPEN}", "frame.csv", content)
    assert "left out: it names no organisation" in visit.markup
    visit.click(f"add_frame_{OPEN}")
    assert [found.value for found in visit.at.success] == ["1 added, 0 were there already."]


@pytest.mark.parametrize(
    ("content", "begins"),
    [
        (b"telephone,fax\nX,ssa\n", "Say which column names the organisation."),
        (b"organisation\n", "The file has no rows."),
    ],
)
def test_a_faulty_contact_list_adds_nothing(content: bytes, begins: str, visit: Visit, opened: Store) -> None:
    upload(visit, f"frame_{OPEN}", "frame.csv", content)
    assert visit.at.error[0].value.startswith(begins)
    assert not visit.has(f"add_frame_{OPEN}")
    with opened.read() as kept:
        assert kept.invitations(kept.consultation(OPEN).id) == ()


def test_answers_collected_elsewhere_name_every_fault_and_enter_not_at_all(visit: Visit, opened: Store) -> None:
    content = b"consent,publish,region,nowhere\nagree,named,atlantis,\nagree,maybe,ssa,x\n"
    upload(visit, f"answers_{OPEN}", "answers.csv", content).click(f"add_answers_{OPEN}")
    assert "nothing was imported" in visit.at.error[0].value
    assert "region" in visit.words
    assert "nowhere" in visit.words
    with opened.read() as kept:
        assert kept.responses(kept.consultation(OPEN).id) == ()


@pytest.mark.parametrize(
    ("content", "begins"),
    [
        (b"consent\n", "The file has no rows."),
        (b"\xff\xfe", "The file cannot be read as CSV in UTF-8"),
        (b"consent,submitted_at\nagree,yesterday\n", "The file has 1 fault"),
        (b"consent,publish\nagree\n", "The file has 1 fault"),
    ],
)
def test_a_faulty_file_of_answers_is_refused_in_words(content: bytes, begins: str, visit: Visit) -> None:
    upload(visit, f"answers_{OPEN}", "answers.csv", content).click(f"add_answers_{OPEN}")
    assert visit.at.error[0].value.startswith(begins)


def test_good_answers_are_imported(visit: Visit, opened: Store, sign_in: SignIn) -> None:
    upload(visit, "form", "short.xlsx", workbook(GOOD)).enter("slug", "short").enter("title", "S").click("publish")
    again = Visit("collect", session=sign_in(Role.ADMINISTRATOR))
    content = b"agree,why,submitted_at\nyes,Because,2026-10-01\nno,,2026-10-02\n"
    upload(again, "answers_short", "answers.csv", content).click("add_answers_short")
    assert [found.value for found in again.at.success] == ["2 added, 0 were there already."]
    with opened.read() as kept:
        assert len(kept.responses(kept.consultation("short").id)) == 2


def test_a_consultation_is_closed_and_opened(visit: Visit, opened: Store) -> None:
    def standing() -> str:
        return consultations.standing(consultations.find(opened, OPEN), datetime.now(UTC))

    visit.click(f"status_{OPEN}")
    assert standing() == "closed"
    assert visit.widget(f"status_{OPEN}").label == "Open the consultation"
    visit.click(f"status_{OPEN}")
    assert standing() == "open"


def test_a_new_consultation_gets_its_zone_dates_and_parts_and_waits_to_be_opened(visit: Visit, opened: Store) -> None:
    upload(visit, "form", "short.xlsx", workbook(GOOD))
    visit.enter("slug", "short-one").enter("title", "A short one").run()
    visit.enter("new_zone", "Europe/Vienna").enter("new_deadline_at", "2099-01-15").enter("new_opens_at", "soon")
    visit.enter("new_part_organisation", "why").click("publish")
    assert [found.value for found in visit.at.error] == [
        "soon is not a date. Write it as 2026-10-31 or 2026-10-31T23:59."
    ]
    visit.enter("new_opens_at", "").click("publish")
    found = consultations.find(opened, "short-one")
    assert found.deadline_at == datetime(2099, 1, 15, 22, 59, 59, 999_999, tzinfo=UTC)
    assert (found.roles["organisation"], policies_of(found).zone) == ("why", "Europe/Vienna")
    assert "It takes no answers yet." in visit.words
    visit.click("status_short-one")
    stands = consultations.standing(consultations.find(opened, "short-one"), datetime.now(UTC))
    assert stands is consultations.Standing.OPEN


def test_staff_choose_which_question_plays_which_part(visit: Visit, opened: Store) -> None:
    visit.enter(f"part_{OPEN}_country", "org_name").enter(f"part_{OPEN}_region", "").press("Save the parts")
    roles = consultations.find(opened, OPEN).roles
    assert (roles["country"], roles.get("region")) == ("org_name", None)


def test_rules_are_set_and_faults_named(visit: Visit, opened: Store) -> None:
    key = f"rule_{OPEN}_"
    visit.enter(f"{key}grace_days", "-1").enter(f"{key}quotas", "weu").press("Save the rules")
    assert [found.value for found in visit.at.error] == [
        "2 rules cannot be as they were written. Nothing was changed.",
        "-1 is not a whole number from 0 to 365.",
        "weu cannot be read. Write code=number, such as s=20, and *=50 for all others.",
    ]
    visit.enter(f"{key}grace_days", "0").enter(f"{key}zone", "Europe/Vienna").enter(f"{key}quotas", "").enter(
        f"{key}corrections_until", "2099-01-15"
    )
    visit.enter(f"{key}one_per_organisation", True).press("Save the rules")
    assert [found.value for found in visit.at.success] == ["Saved."]
    assert not visit.run().at.success
    rules = policies_of(consultations.find(opened, OPEN))
    assert (rules.zone, rules.one_per_organisation) == ("Europe/Vienna", True)
    assert rules.corrections_until == datetime(2099, 1, 15, 22, 59, 59, 999_999, tzinfo=UTC)
    assert "Dates in Europe/Vienna" in visit.words
    start = Visit("respond", c=OPEN)
    assert "What you sent can be corrected until 15 January 2099, 23:59 CET" in " ".join(start.words.split())


NAMING_A_FILE = {
    "survey": [["type", "name", "label"], ["select_one_from_file towns.csv", "town", "Which town?"]],
    "settings": [["form_title"], ["Towns"]],
}
TOWNS = b"name,label\nosl,Oslo\nbgo,Bergen\n"


def test_a_questionnaire_that_names_a_file_asks_for_it(visit: Visit, opened: Store) -> None:
    upload(visit, "form", "towns.xlsx", workbook(NAMING_A_FILE))
    assert "towns.csv" in visit.words
    assert not visit.has("publish")
    upload(visit, "form-files", "towns.csv", TOWNS)
    visit.enter("slug", "towns").enter("title", "Towns").click("publish")
    assert visit.words.count("Published") == 1
    form = published_forms.newest_form(opened, consultations.find(opened, "towns"))
    assert [choice.name for choice in form.questions["town"].choices] == ["osl", "bgo"]


def test_a_zip_brings_a_questionnaire_and_its_files(visit: Visit) -> None:
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w") as archive:
        archive.writestr("towns.xlsx", workbook(NAMING_A_FILE))
        archive.writestr("towns.csv", TOWNS)
    upload(visit, "form", "towns.zip", packed.getvalue())
    assert visit.has("publish")


# mailings


@pytest.fixture
def real(opened: Store, monkeypatch: pytest.MonkeyPatch) -> Store:
    """The consultation is not fictional and has two invited organisations; others can reach the program."""
    monkeypatch.setenv("SOUNDINGS_PUBLIC_URL", "https://voices.example")
    with opened.write() as kept:
        kept.change_consultation(1, fictional=False)
    rows = [{"organisation": "A <i>", "email": "a@post.example", "language": "fr"}, {"organisation": "B"}]
    invitations.import_frame(opened, OPEN, rows, actor=OPERATOR, now=datetime.now(UTC))
    return opened


def mails(sign_in: SignIn) -> Visit:
    """The page with the mailings open."""
    visit = Visit("collect", session=sign_in(Role.ADMINISTRATOR))
    visit.at.session_state[f"mailings_{OPEN}"] = True
    return visit.run()


def test_an_invitation_is_sent_beside_the_visit(real: Store, sign_in: SignIn, monkeypatch: pytest.MonkeyPatch) -> None:
    with mail_server() as post:
        monkeypatch.setenv("SOUNDINGS_SMTP_URL", post.url)
        monkeypatch.setenv("SOUNDINGS_MAIL_FROM", "a@b.example")
        monkeypatch.setenv("SOUNDINGS_MAIL_PAUSE_SECONDS", "0")
        visit = mails(sign_in)
        assert "1 organisation would get this mail." in visit.words
        assert "without e-mail: 1" in visit.words
        visit.click(f"mail_send_{OPEN}")
        collect_mailings._RUNNING[OPEN].join(10)
    assert post.addresses == ["a@post.example"]
    visit.run()
    assert "had a mail already: 1" in visit.words
    assert visit.widget(f"mail_send_{OPEN}").disabled


def test_without_a_mail_server_there_are_tables_and_letters(real: Store, sign_in: SignIn) -> None:
    visit = mails(sign_in)
    assert "No mail server is set." in visit.words
    assert not visit.has(f"mail_send_{OPEN}")
    visit.click(f"letters_{OPEN}")
    assert session_file(visit)[0] == f"{OPEN}-letters.html"
    assert b"A &lt;i&gt;" in session_file(visit)[1]
    visit.click(f"merge_csv_{OPEN}")
    assert session_file(visit)[1].count(b"/respond?c=") == 4
    visit.click(f"merge_xlsx_{OPEN}")
    assert [found.value for found in visit.at.error] == ["There is nobody to write to."]


def test_nothing_with_links_is_offered_while_they_lead_to_this_computer_only(
    real: Store, sign_in: SignIn, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("SOUNDINGS_PUBLIC_URL")
    visit = mails(sign_in)
    assert "SOUNDINGS_PUBLIC_URL" in visit.at.error[0].value
    assert not any(visit.has(f"{name}_{OPEN}") for name in ("mail_send", "letters", "merge_csv"))


def session_file(visit: Visit) -> tuple[str, bytes]:
    found: tuple[str, bytes] = visit.at.session_state["soundings"][f"mail_file_{OPEN}"]
    return found


def save_words(visit: Visit) -> None:
    form = f"words_invitation_en_{OPEN}"
    (button,) = [found for found in visit.at.button if found.form_id == form]
    button.click()
    visit.run()


def test_the_words_of_a_mail_are_changed_and_faults_told(real: Store, sign_in: SignIn) -> None:
    visit = mails(sign_in)
    visit.enter(f"mail_invitation_en_{OPEN}_body", "Hello {name}")
    save_words(visit)
    assert visit.at.error[0].value.startswith("{name} is not known.")
    visit.enter(f"mail_invitation_en_{OPEN}_body", "Hello {organisation} {link}")
    save_words(visit)
    with real.read() as kept:
        assert kept.mail_template(1, "invitation", "en") == (
            "Invitation: {consultation}",
            "Hello {organisation} {link}\n",
        )


def test_a_link_is_renewed_and_ended(real: Store, sign_in: SignIn) -> None:
    visit = mails(sign_in)
    visit.click(f"renew_{OPEN}")
    (shown,) = [found.value for found in visit.at.code if "&i=" in found.value]
    token = shown.partition("&i=")[2]
    assert responses.invited(real, OPEN, token)[0].organisation == "A <i>"
    visit.click(f"revoke_{OPEN}")
    with pytest.raises(NotFound):
        responses.invited(real, OPEN, token)


def test_a_file_without_returned_mail_is_refused_in_words(real: Store, sign_in: SignIn) -> None:
    visit = mails(sign_in).click(f"merge_csv_{OPEN}")
    upload(visit, f"bounces_{OPEN}", "x.mbox", b"nothing").click(f"take_bounces_{OPEN}")
    assert visit.at.error[0].value.startswith("The file holds no mail.")


def test_months_of_retention_are_set_and_what_is_due_is_erased(opened: Store, sign_in: SignIn) -> None:
    now = datetime.now(UTC)
    responses.begin(opened, OPEN, language="en", channel="app", now=now)
    long_ago = now - timedelta(days=100)
    consultations.change(
        opened, OPEN, title={}, opens_at=None, deadline_at=None, closes_at=long_ago, actor=OPERATOR, now=now
    )
    visit = Visit("collect", session=sign_in(Role.SECRETARIAT))
    assert "Never: there is no rule" in visit.markup
    visit.enter(f"keep_{OPEN}_drafts", "0").press("Save how long data are kept")
    assert any("one month at least" in each.value for each in visit.at.error)
    visit.enter(f"keep_{OPEN}_drafts", "1").press("Save how long data are kept")
    assert "Due since" in visit.markup
    visit.enter(f"retention_{OPEN}_sure", True).run().click(f"retention_{OPEN}_run")
    with opened.read() as kept:
        assert [each.cause for each in kept.erasures()] == ["retention"]


# two people at the same forms


def test_what_somebody_else_wrote_of_the_answers_is_not_deleted(visit: Visit, opened: Store) -> None:
    key = f"outcome_{OPEN}_"
    outcomes.write_outcome(
        opened, OPEN, words={"es": "Seguimos."}, link="", on="", actor=OPERATOR, now=datetime.now(UTC)
    )
    visit.enter(f"{key}fr", "Nous continuons.").press("Save what became of the answers")
    assert [found.value for found in visit.at.error] == [MESSAGES["record.changed_elsewhere"]]
    assert [found.value for found in visit.at.info] == [
        "What others wrote stands in the form now, beside what you changed. Press again to save yours."
    ]
    assert consultations.find(opened, OPEN).outcome["words"] == {"es": "Seguimos."}
    assert (visit.widget(f"{key}es").value, visit.widget(f"{key}fr").value) == ("Seguimos.", "Nous continuons.")
    visit.press("Save what became of the answers")
    assert not visit.at.error
    assert consultations.find(opened, OPEN).outcome["words"] == {"es": "Seguimos.", "fr": "Nous continuons."}


def test_a_rule_that_somebody_else_set_is_not_set_back(visit: Visit, opened: Store) -> None:
    key = f"rule_{OPEN}_"
    now = datetime.now(UTC)
    consultation_rules.set_policies(opened, OPEN, {"late": "refuse"}, actor=OPERATOR, now=now)
    visit.enter(f"{key}zone", "Europe/Vienna").press("Save the rules")
    assert [found.value for found in visit.at.error] == [MESSAGES["record.changed_elsewhere"]]
    visit.press("Save the rules")
    rules = policies_of(consultations.find(opened, OPEN))
    assert (rules.zone, str(rules.late)) == ("Europe/Vienna", "refuse")


def test_a_change_elsewhere_comes_into_a_form_that_nobody_wrote_in(visit: Visit, opened: Store) -> None:
    now = datetime.now(UTC)
    consultation_rules.set_policies(opened, OPEN, {"grace_days": "3", "late": "grace"}, actor=OPERATOR, now=now)
    assert visit.run().widget(f"rule_{OPEN}_grace_days").value == "3"
    visit.enter(f"rule_{OPEN}_grace_days", "4").press("Save the rules")
    assert not visit.at.error
    assert policies_of(consultations.find(opened, OPEN)).grace_days == 4


def test_a_change_of_other_settings_is_no_conflict(visit: Visit, opened: Store) -> None:
    now = datetime.now(UTC)
    outcomes.write_outcome(opened, OPEN, words={"es": "Seguimos."}, link="", on="", actor=OPERATOR, now=now)
    visit.enter(f"rule_{OPEN}_zone", "Europe/Vienna").press("Save the rules")
    assert not visit.at.error
    assert policies_of(consultations.find(opened, OPEN)).zone == "Europe/Vienna"


@pytest.mark.parametrize(
    ("field", "value", "button"),
    [
        (f"date_{OPEN}_en_closes_at", "2099-01-15", "Save"),
        (f"part_{OPEN}_region", "", "Save the parts"),
        (f"keep_{OPEN}_answers", "8", "Save how long data are kept"),
    ],
)
def test_dates_parts_and_months_that_somebody_else_set_stay(
    field: str, value: str, button: str, visit: Visit, opened: Store
) -> None:
    now, deadline = datetime.now(UTC), datetime(2098, 1, 1, tzinfo=UTC)
    consultations.change(
        opened, OPEN, title={}, opens_at=None, deadline_at=deadline, closes_at=None, actor=OPERATOR, now=now
    )
    question_roles.set_roles(opened, OPEN, {"country": "org_name"}, actor=OPERATOR, now=now)
    consultation_rules.set_policies(opened, OPEN, {"keep_drafts_months": "7"}, actor=OPERATOR, now=now)
    visit.enter(field, value).press(button)
    assert [found.value for found in visit.at.error] == [MESSAGES["record.changed_elsewhere"]]
    before = consultations.find(opened, OPEN)
    visit.press(button)
    assert not visit.at.error
    found = consultations.find(opened, OPEN)
    assert (found.deadline_at, found.roles["country"]) == (deadline, "org_name")
    assert policies_of(found).keep_drafts_months == 7
    assert found.revision == before.revision + 1


def test_words_of_a_mail_that_somebody_else_wrote_are_not_written_over(real: Store, sign_in: SignIn) -> None:
    visit = mails(sign_in)
    wording = {"subject": "Theirs", "body": "Hello {link}"}
    mailings.set_template(real, OPEN, MailKind.INVITATION, "en", **wording, actor=OPERATOR, now=datetime.now(UTC))
    visit.enter(f"mail_invitation_en_{OPEN}_body", "Hello {organisation} {link}")
    save_words(visit)
    assert [found.value for found in visit.at.error] == [MESSAGES["record.changed_elsewhere"]]
    save_words(visit)
    with real.read() as kept:
        assert kept.mail_template(1, "invitation", "en") == ("Theirs", "Hello {organisation} {link}\n")


def test_why_organisations_get_no_mail_is_told_with_the_sign_between_that_the_language_has() -> None:
    found = mailings.Recipients(to=(), skipped={"replied": 3, "no_address": 2})
    assert collect_mailings._skipped(found, Words("zh")).count("；") == 1
