"""`python -m survey`: publish, import-responses, load-demo, first-link act as the operator and are logged."""

import json
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from data.errors import InvalidInput
from data.settings import Settings
from data.store import Store
from survey import consultations
from survey.__main__ import main
from survey.policies import read_moment
from tests.small import FORM, SLUG, refused, send


@pytest.fixture(autouse=True)
def _chosen(environment: Callable[[Settings], None], settings: Settings) -> None:
    environment(settings)


@pytest.fixture
def form(tmp_path: Path) -> Path:
    path = tmp_path / "form.md"
    path.write_text(FORM, encoding="utf-8")
    return path


def printed(capsys: pytest.CaptureFixture[str], *arguments: object) -> Any:
    assert main([*map(str, arguments), "--json"]) == 0
    captured = capsys.readouterr()
    assert captured.err == ""
    return json.loads(captured.out)


def complaint(capsys: pytest.CaptureFixture[str], *arguments: object, status: int = 1) -> list[str]:
    assert main([*map(str, arguments), "--json"]) == status
    captured = capsys.readouterr()
    assert captured.out == ""
    return captured.err.splitlines()


def test_publish_opens_a_consultation_and_prints_its_address(
    store: Store, form: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert printed(capsys, "publish", form, "--slug", "new", "--title", "New", "--closes", "2026-12-31") == {
        "slug": "new",
        "version": 1,
        "questions": 18,
        "languages": ["en", "fr"],
        "address": "http://127.0.0.1:8501/respond?c=new",
    }
    found = consultations.find(store, "new")
    assert (found.title, found.closes_at) == ({"en": "New"}, datetime(2026, 12, 31, 23, 59, 59, 999_999, tzinfo=UTC))
    with store.read() as kept:
        assert [(entry.actor, entry.action) for entry in kept.log()] == [("operator", "consultation.published")]


def test_publish_makes_the_database_when_there_is_none(
    settings: Settings, form: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    printed(capsys, "publish", form, "--slug", "new", "--title", "New")
    assert (settings.sqlite_path or Path()).is_file()


def test_publish_refuses_a_faulty_form_with_every_error(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = tmp_path / "form.md"
    path.write_text(FORM.replace("select_one yn ", "select_one never "), encoding="utf-8")
    first, *rest = complaint(capsys, "publish", path, "--slug", "new", "--title", "New")
    assert first == "The questionnaire has 1 errors. Check it first; each is listed with its remedy."
    assert [line.split(":")[0] for line in rest] == ["  survey row 26 type"]


@pytest.mark.parametrize(
    ("more", "words"),
    [
        (["--slug", "Not Good"], "Not Good cannot be a short name. Use small letters, digits and hyphens."),
        (
            ["--slug", "new", "--opens", "tomorrow"],
            "tomorrow is not a date. Write it as 2026-10-31 or 2026-10-31T23:59.",
        ),
        (
            ["--slug", "new", "--opens", "2027-01-01", "--closes", "2026-01-01"],
            "The dates must follow each other: opening, first deadline, closing.",
        ),
    ],
)
def test_publish_says_what_cannot_be_used(
    form: Path, more: list[str], words: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert complaint(capsys, "publish", form, "--title", "New", *more) == [words]


def test_publish_of_no_workbook_ends_with_two(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = tmp_path / "form.xlsx"
    path.write_bytes(b"nothing")
    lines = complaint(capsys, "publish", path, "--slug", "new", "--title", "New", status=2)
    assert lines == [
        "The file cannot be read: it is a text file, not a workbook; give it the ending .csv or save it as .xlsx. "
        "Open it in a spreadsheet program and save it as .xlsx, without a password. [workbook.unreadable]"
    ]


@pytest.mark.usefixtures("small")
def test_import_responses_says_how_many(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = tmp_path / "replies.csv"
    path.write_text("reference,consent,publish,org_name,region\nA-1,agree,anon,One,n\n")
    assert printed(capsys, "import-responses", SLUG, path) == {"added": 1, "present": 0}
    assert printed(capsys, "import-responses", SLUG, path) == {"added": 0, "present": 1}


@pytest.mark.usefixtures("small")
def test_import_responses_lists_faults_by_row(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = tmp_path / "replies.csv"
    path.write_text("consent,publish,org_name,region\nagree,anon,,n\nagree,anon,Two,x\n")
    assert complaint(capsys, "import-responses", SLUG, path) == [
        "The file has 2 faults; nothing was imported.",
        "  row 2 org_name: Please answer this question.",
        "  row 3 region: Please choose one of the answers offered.",
    ]
    assert complaint(capsys, "import-responses", SLUG, tmp_path / "none.csv") == [
        f"The file {tmp_path / 'none.csv'} cannot be read: No such file or directory."
    ]
    path.write_text("consent\nagree\n")
    assert complaint(capsys, "import-responses", "large", path) == [
        "There is no consultation at this address. Check the link you were sent."
    ]


def test_load_demo_loads_once(store: Store, capsys: pytest.CaptureFixture[str]) -> None:
    there = {"slug": "way-forward-2029", "invited": 907, "responses": 461}
    assert printed(capsys, "load-demo") == {**there, "added_invited": 907, "added_responses": 461}
    assert printed(capsys, "load-demo") == {**there, "added_invited": 0, "added_responses": 0}
    with store.read() as kept:
        actors = {(entry.actor, entry.action) for entry in kept.log()}
        found = kept.consultation("way-forward-2029")
        replies = kept.responses(found.id)
    assert actors == {
        ("operator", "consultation.published"),
        ("operator", "frame.imported"),
        ("operator", "responses.imported"),
    }
    assert (found.fictional, len(replies)) == (True, 461)


def test_the_first_link_is_printed_until_there_is_an_administrator(
    store: Store, capsys: pytest.CaptureFixture[str]
) -> None:
    link = printed(capsys, "first-link")["link"]
    assert link.startswith("http://127.0.0.1:8501/account/link?t=")
    with store.write() as kept:
        kept.add_person(
            login="root",
            name="Root",
            password_hash="!",
            role="administrator",
            created_at=datetime(2026, 1, 1, tzinfo=UTC),
        )
    assert complaint(capsys, "first-link") == [
        "There is an administrator already. Sign in and invite others under People."
    ]


@pytest.mark.parametrize(
    ("text", "end", "expected"),
    [
        ("", True, None),
        ("2026-10-31", False, datetime(2026, 10, 31, tzinfo=UTC)),
        ("2026-10-31", True, datetime(2026, 10, 31, 23, 59, 59, 999_999, tzinfo=UTC)),
        ("2026-10-31T12:00", True, datetime(2026, 10, 31, 12, tzinfo=UTC)),
        ("2026-10-31T12:00+02:00", True, datetime(2026, 10, 31, 10, tzinfo=UTC)),
    ],
)
def test_a_moment_is_utc_unless_it_has_a_zone(text: str, end: bool, expected: datetime | None) -> None:
    assert read_moment(text, end_of_day=end) == expected


def test_a_word_is_no_moment() -> None:
    with refused(InvalidInput, "date.unreadable"):
        read_moment("soon", end_of_day=False)


@pytest.mark.parametrize("arguments", [["publish"], ["import-responses", "a"], ["sing"], []])
def test_wrong_usage_ends_with_two(arguments: list[str]) -> None:
    with pytest.raises(SystemExit) as caught:
        main(arguments)
    assert caught.value.code == 2


WITHOUT_FINDING = "\n".join(row for row in FORM.splitlines() if "| finding  " not in row)


def test_publish_shows_the_difference_and_does_nothing(
    small: Store, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    send(small)
    path = tmp_path / "second.md"
    path.write_text(WITHOUT_FINDING.replace("contact_email", "reach_us"), encoding="utf-8")
    arguments = ("publish", path, "--slug", SLUG, "--diff")
    assert main([str(argument) for argument in arguments]) == 0
    assert capsys.readouterr().out.splitlines() == [
        "compared with version 1: 3 changes, 2 break answers",
        "  safe            reach_us: New question.",
        "  breaks answers  finding: Not asked any more. Answers given stay in the analysis as a question of the old"
        " versions. [1 replies, 0 drafts]",
        "  breaks answers  contact_email: Not asked any more. Answers given stay in the analysis as a question of the"
        " old versions. [1 replies, 0 drafts]",
        "  perhaps: --rename contact_email=reach_us   (E-mail → E-mail)",
    ]
    document = printed(capsys, *arguments, "--rename", "contact_email=reach_us")
    assert [(c["what"], c["severity"]) for c in document["changes"]] == [
        ("renamed", "touches_answers"),
        ("removed", "breaks_answers"),
    ]
    with small.read() as kept:
        assert kept.version_numbers(kept.consultation(SLUG).id) == (1,)


def test_publish_refuses_what_breaks_answers_until_it_is_accepted(
    small: Store, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    send(small)
    path = tmp_path / "second.md"
    path.write_text(WITHOUT_FINDING, encoding="utf-8")
    first, change, remedy = complaint(capsys, "publish", path, "--slug", SLUG)
    assert first == "1 changes break answers that are there. Nothing was published."
    assert change.startswith("  breaks answers  finding: Not asked any more.")
    assert remedy == "Publish them with --accept-changes, or give what was renamed with --rename."
    assert printed(capsys, "publish", path, "--slug", SLUG, "--accept-changes")["version"] == 2
    with small.read() as kept:
        assert kept.version_file(kept.consultation(SLUG).id, 2) == path.read_bytes()


def test_publish_lists_renames_that_cannot_hold(small: Store, form: Path, capsys: pytest.CaptureFixture[str]) -> None:
    lines = complaint(
        capsys, "publish", form, "--slug", SLUG, "--rename", "nobody=x", "--rename-choice", "yn:yes=maybe"
    )
    assert lines == [
        "2 renames are not possible. Each is listed with its reason.",
        "  nobody=x: The present version has no question or group nobody.",
        "  yn:yes=maybe: The new version has no answer maybe in this list.",
    ]
    assert complaint(capsys, "publish", form, "--slug", SLUG, "--rename", "nothing") == [
        "nothing is no rename. Write old=new, or list:old=new for an answer."
    ]
