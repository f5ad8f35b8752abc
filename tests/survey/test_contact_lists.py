"""The contact frame from files as people keep them: headings, codes, duplicates, what is refused."""

import io
import json

import pytest
import xlsxwriter

from data.errors import InvalidInput, NotFound
from data.settings import Settings
from data.store import Store
from survey import invitations
from survey.__main__ import main
from survey.contact_lists import COLUMNS, Alike, guessed_columns, is_address, read_contacts
from survey.invitations import FrameRow, import_frame, preview_frame
from tests.small import NOW, SECRETARIAT, SLUG, frame_of, refused


def workbook(*rows: list[str]) -> bytes:
    target = io.BytesIO()
    with xlsxwriter.Workbook(target) as book:
        book.add_worksheet("empty")
        sheet = book.add_worksheet("people")
        for number, row in enumerate(rows):
            sheet.write_row(number, 0, row)
    return target.getvalue()


def preview(store: Store, text: str | bytes, name: str = "list.csv", **columns: str) -> tuple[FrameRow, ...]:
    table = read_contacts(text if isinstance(text, bytes) else text.encode(), name)
    return preview_frame(store, SLUG, table, guessed_columns(table.headers) | columns, actor=SECRETARIAT)


@pytest.mark.parametrize(
    "headings",
    [
        ["Organisation", "Region", "Country", "Organisation type", "Language", "E-mail"],
        ["Nom de l’organisation", "Région", "Pays", "Type d’organisation", "Langue", "Courriel"],
        ["Nombre de la organización", "Región", "País", "Tipo", "Idioma", "Correo electrónico"],
        ["Название организации", "Регион", "Страна", "Тип организации", "Язык", "Электронная почта"],
        ["اسم المنظمة", "المنطقة", "البلد", "نوع المنظمة", "اللغة", "البريد الإلكتروني"],
        ["组织名称", "区域", "国家", "组织类型", "语言", "电子邮件"],
        list(COLUMNS),
    ],
)
def test_headings_are_understood_in_six_languages(headings: list[str]) -> None:
    assert guessed_columns(headings) == dict(zip(COLUMNS, headings, strict=True))


def test_a_heading_means_one_column_and_strange_ones_none() -> None:
    assert guessed_columns(["Name", "NGO", "Telephone", "Contact e-mail address"]) == {
        "organisation": "Name",
        "email": "Contact e-mail address",
    }


def test_labels_and_names_of_languages_become_codes(small: Store) -> None:
    text = "Name;Région;Langue;Courriel\nÉtoile;NORD;Français;<a@b.example>\nLuna;n;en;x\nSol;West;Elvish;\n"
    found = preview(small, text)
    assert [dict(row.cells) for row in found] == [
        {"organisation": o, "region": r, "country": "", "organisation_type": "", "language": t, "email": e}
        for o, r, t, e in (
            ("Étoile", "n", "fr", "a@b.example"),
            ("Luna", "n", "en", ""),
            ("Sol", "West", "Elvish", ""),
        )
    ]
    assert [row.unknown for row in found] == [(), ("email",), ("region", "language")]


def test_signs_that_no_text_has_are_taken_out(small: Store) -> None:
    found = preview(small, "Na\0me;Region;Cou\0rriel\nLu\0na;n;a\0@b.example\n")
    assert [(row.cells["organisation"], row.cells["email"]) for row in found] == [("Luna", "a@b.example")]


def test_a_workbook_is_read_from_its_first_sheet_with_rows(small: Store) -> None:
    found = preview(small, workbook(["Name", "Region"], ["First", "South"]), "list.xlsx")
    assert [(row.number, row.cells["organisation"], row.cells["region"]) for row in found] == [(2, "First", "s")]


def test_the_same_name_nearly_the_same_and_the_same_address_are_told(small: Store) -> None:
    import_frame(
        small,
        SLUG,
        [
            {"organisation": "Harbour Network", "email": "Post@harbour.example"},
            {"organisation": "Association for Health and Rights"},
        ],
        actor=SECRETARIAT,
        now=NOW,
    )
    found = preview(
        small,
        "name,email\nHARBOUR  network,new@harbour.example\nHarbor Network,\nNetwork, Harbour,\n".replace(
            "Network, Harbour", '"Network, Harbour"'
        )
        + "Other,post@HARBOUR.example\nRights and Health Association,\nQuite Different,\nQuite Different,\n",
    )
    assert [(row.present, row.similar, row.shared, row.changed, row.is_doubtful) for row in found] == [
        (True, "", "", ("email",), False),
        (False, "Harbour Network", "", (), True),
        (False, "Harbour Network", "", (), True),
        (False, "", "Harbour Network", (), True),
        (False, "Association for Health and Rights", "", (), True),
        (False, "", "", (), False),
        (True, "", "", (), False),
    ]


def test_looking_writes_nothing_and_taking_in_may_change_details(small: Store) -> None:
    import_frame(
        small, SLUG, [{"organisation": "First", "region": "n", "email": "a@b.example"}], actor=SECRETARIAT, now=NOW
    )
    rows = [row.cells for row in preview(small, "name,email\nfirst,c@d.example\nSecond,\n")]
    assert len(frame_of(small)) == 1
    assert import_frame(small, SLUG, rows, actor=SECRETARIAT, now=NOW) == (1, 1)
    assert frame_of(small)[0].email == "a@b.example"
    assert import_frame(small, SLUG, rows, actor=SECRETARIAT, now=NOW, update=True) == (0, 2)
    assert [(each.organisation, each.region, each.email) for each in frame_of(small)] == [
        ("First", "n", "c@d.example"),
        ("Second", "", ""),
    ]


def test_an_organisation_enters_the_frame_once_whatever_its_case_and_spaces(small: Store) -> None:
    rows = [row.cells for row in preview(small, "organisation,region\nFirst,n\n FIRST ,s\nSecond,\n")]
    assert import_frame(small, SLUG, rows, actor=SECRETARIAT, now=NOW) == (2, 1)
    again = [{"organisation": "first  "}, {"organisation": "Third", "email": "t@post.example"}]
    assert import_frame(small, SLUG, again, actor=SECRETARIAT, now=NOW) == (1, 1)


@pytest.mark.parametrize(
    ("content", "name", "code"),
    [
        (b"", "a.csv", "frame.empty"),
        (b"organisation\n", "a.csv", "frame.empty"),
        (b"telephone\n1\n", "a.csv", "frame.no_organisation"),
        (b"no workbook", "a.xlsx", "workbook.unreadable"),
        (b"", "a.xlsx", "workbook.unreadable"),
    ],
)
def test_a_list_that_cannot_be_used_is_refused(small: Store, content: bytes, name: str, code: str) -> None:
    with refused(InvalidInput, code):
        preview(small, content, name)


def test_a_heading_that_is_not_there_is_named(small: Store) -> None:
    with refused(InvalidInput, "frame.unknown_heading") as caught:
        preview(small, "name\nFirst\n", email="Post")
    assert caught.value.params == {"column": "email", "heading": "Post"}


def test_rows_without_a_usable_name_are_listed_as_left_out_and_the_others_come_in(small: Store) -> None:
    found = preview(small, f"organisation,region\nFirst,n\n,s\n{'x' * 301},s\n ,Source: the register\nLast,s\n")
    assert [(row.number, row.left_out) for row in found] == [
        (2, ""),
        (3, "nameless"),
        (4, "name_too_long"),
        (5, "nameless"),
        (6, ""),
    ]
    assert found[3].cells["region"] == "Source: the register"
    assert not any(row.is_doubtful or row.present for row in found)


def test_a_nameless_row_is_refused_whoever_hands_it_over(small: Store) -> None:
    with refused(InvalidInput, "frame.nameless") as caught:
        import_frame(small, SLUG, [{"organisation": "First"}, {"organisation": " "}], actor=SECRETARIAT, now=NOW)
    assert (caught.value.params, frame_of(small)) == ({"row": 3}, ())


@pytest.mark.parametrize(
    ("text", "good"),
    [
        ("a@b.example", True),
        ("a.b+c@b-c.example", True),
        ("a@b", False),
        ("a b@c.example", False),
        ("a@b.example, c@d.example", False),
        ("a@b.example\nBcc: x@y.example", False),
        ("a" * 400 + "@b.example", False),
    ],
)
def test_what_can_be_an_address(text: str, good: bool) -> None:
    assert is_address(text) is good


def test_a_thousand_names_are_compared_with_a_thousand_quickly() -> None:
    alike = Alike(f"Organisation {number} for Community Health" for number in range(1000))
    assert alike.to("Organisation 77 of Community Health") == "Organisation 77 for Community Health"


# the command


@pytest.fixture
def file(tmp_path, small: Store, settings: Settings, environment) -> str:  # type: ignore[no-untyped-def]
    environment(settings)
    path = tmp_path / "list.csv"
    path.write_text("Nom,Contact\nHarbour Network,a@b.example\nHarbor Network,\n", encoding="utf-8")
    return str(path)


def test_the_command_shows_first_and_adds_then(file: str, small: Store, capsys: pytest.CaptureFixture[str]) -> None:
    given = ["import-frame", SLUG, file, "--column", "email=Contact"]
    assert main([*given, "--preview", "--json"]) == 0
    shown = json.loads(capsys.readouterr().out)
    assert (shown["columns"], len(shown["rows"])) == ({"organisation": "Nom", "email": "Contact"}, 2)
    assert frame_of(small) == ()
    assert main([*given, "--json"]) == 0
    assert json.loads(capsys.readouterr().out) == {"added": 1, "present": 0, "left_out": 1}
    assert main([*given, "--add-similar"]) == 0
    assert capsys.readouterr().out == (
        "added: 1\npresent: 1\nleft_out: 0\nrow 3: Harbor Network may be Harbour Network\n"
    )


@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        (["small", "FILE", "--column", "fax=Nom"], "The file has no column Nom for fax."),
        (["small", "FILE", "--column", "email"], "The file has no column  for email."),
        (["nowhere", "FILE"], "There is no consultation at this address."),
        (["small", "missing.csv"], "The file missing.csv cannot be read"),
    ],
)
def test_the_command_says_what_is_wrong(
    arguments: list[str], says: str, file: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["import-frame", *(file if each == "FILE" else each for each in arguments)]) == 1
    assert capsys.readouterr().err.startswith(says)


def test_previewing_asks_for_a_consultation_that_is_there(small: Store) -> None:
    with refused(NotFound, "consultation.unknown"):
        invitations.preview_frame(
            small, "nowhere", read_contacts(b"name\nA\n", "a.csv"), {"organisation": "name"}, actor=SECRETARIAT
        )
