"""The commands convert and translations."""

import json
from pathlib import Path

import pytest

from survey.__main__ import main
from survey.xlsform.sheets import Sheets, read_sheets
from tests.survey.xlsform.test_translation_import import changed, filled_in
from tests.survey.xlsform.test_translations import FORM

FROM_FILE = "| survey |\n| | type | name | label |\n| | select_one_from_file cities.csv | c | City |\n"


@pytest.fixture
def form(tmp_path: Path) -> Path:
    path = tmp_path / "form.md"
    path.write_text(FORM, encoding="utf-8")
    return path


def known(path: Path) -> Sheets:
    sheets = read_sheets(path)
    return Sheets({name: rows for name, rows in sheets.rows.items() if rows}, {}, sheets.files)


@pytest.mark.parametrize("name", ["new.xlsx", "new.zip", "new.md", "folder"])
def test_a_form_is_written_in_every_format(form: Path, name: str, capsys: pytest.CaptureFixture[str]) -> None:
    target = form.parent / name
    assert main(["convert", str(form), "--out", str(target), "--json"]) == 0
    assert all(Path(path).exists() for path in json.loads(capsys.readouterr().out)["written"])
    assert known(target) == known(form)


def test_attached_files_go_with_the_form(tmp_path: Path) -> None:
    (tmp_path / "form.md").write_text(FROM_FILE, encoding="utf-8")
    (tmp_path / "cities.csv").write_text("name,label\na,A\n", encoding="utf-8")
    for name in ("out/new.xlsx", "out/new.zip", "folder"):
        (tmp_path / "out").mkdir(exist_ok=True)
        main(["convert", str(tmp_path / "form.md"), "--out", str(tmp_path / name)])
        assert known(tmp_path / name) == known(tmp_path / "form.md")
    assert (tmp_path / "out/cities.csv").exists()


def test_a_file_that_is_there_already_is_not_overwritten_by_an_attachment(tmp_path: Path) -> None:
    (tmp_path / "form.md").write_text(FROM_FILE, encoding="utf-8")
    (tmp_path / "cities.csv").write_text("name;label\na;A\n", encoding="utf-8")
    main(["convert", str(tmp_path / "form.md"), "--out", str(tmp_path / "new.xlsx")])
    assert (tmp_path / "cities.csv").read_text(encoding="utf-8") == "name;label\na;A\n"


@pytest.mark.parametrize(
    ("target", "words"),
    [("new.docx", "write .xlsx, .md, .zip"), ("no/folder/new.xlsx", "cannot be written: No such file or directory")],
)
def test_a_target_that_cannot_be_written_is_explained(
    form: Path, target: str, words: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["convert", str(form), "--out", str(form.parent / target)]) in (1, 2)
    assert words in capsys.readouterr().err


def test_texts_go_to_a_translator_and_come_back(form: Path, capsys: pytest.CaptureFixture[str]) -> None:
    sent, new, memory = form.parent / "es.xlsx", form.parent / "new.xlsx", form.parent / "memory.json"
    assert main(["translations", "export", str(form), "--language", "es", "--out", str(sent)]) == 0
    sent.write_bytes(filled_in(sent.read_bytes(), changed("survey:g:label", "Sección")))
    capsys.readouterr()
    arguments = ["translations", "import", str(form), str(sent), "--out", str(new), "--memory", str(memory), "--json"]
    assert main(arguments) == 0
    told = json.loads(capsys.readouterr().out)
    assert (told["language"], told["taken"], told["issues"]) == ("es", ["survey:g:label"], [])
    assert told["written"] == [str(new), str(memory)]
    assert main(["translations", "progress", str(new), "--memory", str(memory), "--json"]) == 0
    assert [(each["language"], each["translated"]) for each in json.loads(capsys.readouterr().out)] == [
        ("fr", 3),
        ("es", 1),
    ]


def test_a_changed_source_is_stale_at_the_next_count(form: Path, capsys: pytest.CaptureFixture[str]) -> None:
    sent, new, memory = form.parent / "es.xlf", form.parent / "new.md", form.parent / "memory.json"
    main(["translations", "export", str(form), "--language", "es", "--format", "xliff", "--out", str(sent)])
    sent.write_bytes(filled_in(sent.read_bytes(), changed("survey:g:label", "Sección")))
    main(["translations", "import", str(form), str(sent), "--out", str(new), "--memory", str(memory)])
    new.write_text(new.read_text(encoding="utf-8").replace("| Section |", "| Part |"), encoding="utf-8")
    capsys.readouterr()
    main(["translations", "progress", str(new), "--memory", str(memory)])
    assert "es         0%  0 of 8 translated, 1 stale, 0 to review, 7 missing" in capsys.readouterr().out


@pytest.mark.parametrize("name", ["new.md", "new.xlsx", "new"])
def test_a_form_itself_knows_which_translations_are_older_than_their_source(
    name: str, form: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """Also those that the translator left as they were."""
    sent, new, changed_form = form.parent / "fr.xlsx", form.parent / name, form.parent / "changed.md"
    main(["translations", "export", str(form), "--language", "fr", "--out", str(sent)])
    main(["translations", "import", str(form), str(sent), "--out", str(new)])
    main(["convert", str(new), "--out", str(changed_form)])
    text = changed_form.read_text(encoding="utf-8")
    changed_form.write_text(text.replace("| Name |", "| Full name |"), encoding="utf-8")
    capsys.readouterr()
    main(["translations", "progress", str(changed_form)])
    assert " 1 stale," in capsys.readouterr().out
    main(["translations", "export", str(changed_form), "--language", "fr", "--format", "xliff", "--out", str(sent)])
    assert sent.read_text(encoding="utf-8").count('state="needs-translation"') == 1


def test_a_faulty_text_is_named_with_its_row(form: Path, capsys: pytest.CaptureFixture[str]) -> None:
    sent = form.parent / "fr.xlsx"
    main(["translations", "export", str(form), "--language", "fr", "--out", str(sent)])
    sent.write_bytes(filled_in(sent.read_bytes(), changed("survey:a:label", "Sans nom")))
    assert main(["translations", "import", str(form), str(sent), "--out", str(form.parent / "new.xlsx")]) == 1
    words = "The translation lacks ${n}. Write it as it stands in the source."
    assert capsys.readouterr().err == f"{sent} 3 survey:a:label: {words}\n"


@pytest.mark.parametrize(
    ("more", "words"),
    [
        (["--language", "es"], "The file is a translation into fr, not into es."),
        (["--memory", "form.md"], "The record of translations cannot be read."),
    ],
)
def test_a_file_that_cannot_be_used_is_explained(
    form: Path, more: list[str], words: str, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(form.parent)
    main(["translations", "export", "form.md", "--language", "fr", "--out", "fr.xlsx"])
    assert main(["translations", "import", "form.md", "fr.xlsx", "--out", "new.xlsx", *more]) == 1
    assert words in capsys.readouterr().err
    assert not Path("new.xlsx").exists()
