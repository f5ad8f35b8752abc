"""From rows to a questionnaire."""

# ruff: noqa: E501 - forms stand here as Markdown tables

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from data.errors import InvalidInput
from survey.questionnaire import Choice, Group, Kind, Language, Question, Questionnaire, Text
from survey.xlsform.attachments import AttachedTable, attached_table
from survey.xlsform.question_types import question_type_of, structure_of
from survey.xlsform.reader import parameters_of, read, read_questionnaire
from survey.xlsform.rows import Row
from survey.xlsform.sheets import Sheets, from_markdown


def questionnaire(text: str) -> Questionnaire:
    return read_questionnaire(from_markdown(text))


def test_a_whole_form_becomes_a_questionnaire() -> None:
    read_form = questionnaire("""
        | survey |
        | | type | name | label::English (en) | label::Français (fr) | required | relevant | appearance | parameters | hint::English (en) |
        | | begin group | g | Group | Groupe | | | field-list | | |
        | | select_one yn | a | Agree? | D'accord ? | yes | FALSE | likert quick | randomize=true, seed = 7 | Think |
        | | end_group | | | | | | | | |
        | | integer | n | Number | Nombre | | ${a} = 'y' | | | |
        | choices |
        | | list name | name | label::English (en) | label::Français (fr) | region |
        | | yn | y | Yes | Oui | north |
        | settings |
        | | form_title | form_id | version | default_language |
        | | My form | my_form | 3 | French |
        """)
    assert read_form == Questionnaire(
        title="My form",
        form_id="my_form",
        version="3",
        languages=(Language(tag="en", name="English"), Language(tag="fr", name="Français")),
        default_language="fr",
        children=(
            Group(
                name="g",
                label=Text({"en": "Group", "fr": "Groupe"}),
                appearance=("field-list",),
                row=2,
                children=(
                    Question(
                        name="a",
                        kind=Kind.SELECT_ONE,
                        label=Text({"en": "Agree?", "fr": "D'accord ?"}),
                        hint=Text({"en": "Think"}),
                        list_name="yn",
                        required="true()",
                        relevant="false()",
                        appearance=("likert", "quick"),
                        parameters={"randomize": "true", "seed": "7"},
                        row=3,
                    ),
                ),
            ),
            Question(
                name="n",
                kind=Kind.INTEGER,
                label=Text({"en": "Number", "fr": "Nombre"}),
                relevant="${a} = 'y'",
                row=5,
            ),
        ),
        choice_lists={
            "yn": (Choice(name="y", label=Text({"en": "Yes", "fr": "Oui"}), attributes={"region": "north"}),)
        },
    )


def test_default_language_is_found_by_tag_and_by_name() -> None:
    for written in ("fr", "Français", "Français (fr)", "FR"):
        form = f"| survey |\n| | type | name | label::English (en) | label::Français (fr) |\n| | text | a | A | A |\n| settings |\n| | default_language |\n| | {written} |"
        assert questionnaire(form).default_language == "fr"


def test_words_without_language_belong_to_the_default_one() -> None:
    form = "| survey |\n| | type | name | label | label::French (fr) |\n| | text | a | A | Un |\n| settings |\n| | default_language |\n| | English (en) |"
    read_form = questionnaire(form)
    assert read_form.question("a").label == Text({"en": "A", "fr": "Un"})
    assert [language.tag for language in read_form.languages] == ["en", "fr"]


def test_a_form_without_languages_is_taken_as_english() -> None:
    read_form = questionnaire("| survey |\n| | type | name | label |\n| | text | a | A |")
    assert read_form.languages == (Language(tag="en", name="English"),)
    assert read_form.question("a").label == Text({"en": "A"})


def test_or_other_adds_a_choice_and_a_question_in_the_forms_languages() -> None:
    read_form = questionnaire("""
        | survey |
        | | type | name | label::Русский (ru) | label::Deutsch (de) |
        | | select_one f or_other | a | А | A |
        | choices |
        | | list_name | name | label::Русский (ru) | label::Deutsch (de) |
        | | f | x | Икс | X |
        """)
    assert read_form.choice_lists["f"][-1] == Choice(name="other", label=Text({"ru": "Другое", "de": "Other"}))
    assert read_form.question("a_other").relevant == "selected(${a}, 'other')"
    assert read_form.question("a_other").kind is Kind.TEXT


def test_choice_duplicates_are_kept_when_the_settings_allow_them() -> None:
    form = "| survey |\n| | type | name | label |\n| | select_one f | a | A |\n| choices |\n| | list_name | name | label | r |\n| | f | x | X | 1 |\n| | f | x | X | 2 |\n"
    assert read(from_markdown(form))[1][0].code == "choice.duplicate"
    allowed = f"{form}| settings |\n| | allow_choice_duplicates |\n| | yes |"
    assert len(questionnaire(allowed).choice_lists["f"]) == 2


def test_disabled_rows_and_comments_are_left_out() -> None:
    form = "| survey |\n| | type | name | label | disabled |\n| | text | a | A | |\n| | text | b | B | yes |\n| | # text | c | C | |"
    assert [question.name for question in questionnaire(form).questions()] == ["a"]


@pytest.mark.parametrize(
    ("cell", "kind", "list_name", "or_other"),
    [
        ("Select_One  yn", Kind.SELECT_ONE, "yn", False),
        ("select one from yn", Kind.SELECT_ONE, "yn", False),
        ("select1 yn", Kind.SELECT_ONE, "yn", False),
        ("select all that apply from yn or_other", Kind.SELECT_MULTIPLE, "yn", True),
        ("select_multiple yn or specify other", Kind.SELECT_MULTIPLE, "yn", True),
        ("rank yn", Kind.RANK, "yn", False),
        ("int", Kind.INTEGER, "", False),
        ("dateTime", Kind.DATETIME, "", False),
        ("string", Kind.TEXT, "", False),
        ("trigger", Kind.ACKNOWLEDGE, "", False),
        ("photo", Kind.IMAGE, "", False),
        ("phone number", Kind.TEXT, "", False),
        ("add date prompt", Kind.DATE, "", False),
        ("today", Kind.METADATA, "", False),
        ("colour", None, "", False),
        ("select_one_from_file a.csv", Kind.SELECT_ONE, "a.csv", False),
    ],
)
def test_every_spelling_of_a_type_is_understood(cell: str, kind: Kind | None, list_name: str, or_other: bool) -> None:
    meaning = question_type_of(cell)
    assert (meaning.kind, meaning.list_name, meaning.or_other) == (kind, list_name, or_other)


@pytest.mark.parametrize(
    ("cell", "structure"),
    [("begin_group", "begin group"), ("End Group", "end group"), ("begin  repeat", "begin repeat"), ("text", None)],
)
def test_brackets_of_groups_are_understood(cell: str, structure: str | None) -> None:
    assert structure_of(cell) == structure


def test_parameters_are_read_in_any_spacing() -> None:
    assert parameters_of("Start=1 end = 5,step=0.5;x") == {"start": "1", "end": "5", "step": "0.5"}


def outline(children: tuple[Group | Question, ...]) -> list[object]:
    """Names, with those of a group's children behind it."""
    return [(child.name, outline(child.children)) if isinstance(child, Group) else child.name for child in children]


YN = "| choices |\n| | list_name | name | label |\n| | yn | y | Yes |\n| | yn | n | No |\n"


def test_repeats_keep_their_count_and_nest() -> None:
    read_form = questionnaire("""
        | survey |
        | | type | name | label | repeat_count |
        | | integer | n | N | |
        | | begin repeat | r | R | ${n} |
        | | begin_repeat | s | S | 2 |
        | | text | a | A | |
        | | end_repeat | | | |
        | | end repeat | | | |
        """)
    outer = read_form.children[1]
    assert isinstance(outer, Group)
    inner = outer.children[0]
    assert isinstance(inner, Group)
    assert [(each.repeats, each.repeat_count) for each in (outer, inner)] == [(True, "${n}"), (True, "2")]
    assert read_form.repeats_of()["a"] == ("r", "s")


def test_a_second_question_of_one_name_is_called_by_its_group_too() -> None:
    read_form = questionnaire("""
        | survey |
        | | type | name | label |
        | | begin group | g | G |
        | | text | a | A |
        | | end group | | |
        | | begin group | h | H |
        | | text | a | A |
        | | begin group | g | G |
        | | text | a | A |
        | | end group | | |
        | | end group | | |
        | | text | a | A |
        """)
    assert outline(read_form.children) == [("g", ["a"]), ("h", ["h/a", ("h/g", ["g/a"])]), "/a"]
    assert {question.node for question in read_form.questions()} == {"a"}


@pytest.mark.parametrize(
    ("rows", "row"),
    [
        (["text | a | A", "text | a | B"], 3),
        (
            [
                "begin repeat | r | R",
                "text | a | A",
                "end repeat | |",
                "begin group | g | G",
                "begin repeat | r | R",
                "text | b | B",
                "end repeat | |",
                "end group | |",
            ],
            6,
        ),
        (["select_one yn or_other | a | A", "text | a_other | B"], 3),
    ],
)
def test_a_name_that_cannot_be_told_apart_is_an_error(rows: list[str], row: int) -> None:
    form = "\n".join(["| survey |", "| | type | name | label |", *(f"| | {each} |" for each in rows), YN])
    assert [(issue.code, issue.row) for issue in read(from_markdown(form))[1]] == [("name.duplicate", row)]


def test_or_other_stays_offered_beside_a_choice_filter() -> None:
    read_form = questionnaire(
        "| survey |\n| | type | name | label | choice_filter |\n| | text | t | T | |\n| | select_one yn or_other | a | A | name = ${t} or ${t} = '' |\n"
        + YN
    )
    assert read_form.question("a").choice_filter == "(name = ${t} or ${t} = '') or name = 'other'"


def test_a_loop_becomes_a_group_for_each_choice() -> None:
    read_form = questionnaire("""
        | survey |
        | | type | name | label::English (en) | label::Français (fr) | relevant |
        | | begin loop over l | lp | Loop | Boucle | |
        | | integer | n_%(name)s | How many %(label)s, 50%? | Combien de %(label)s ? | '%(region)s' = 'x' |
        | | end loop | | | | |
        | choices |
        | | list_name | name | label::English (en) | label::Français (fr) | region |
        | | l | car | Cars | Autos | x |
        | | l | none | None | Rien | x |
        """)
    assert outline(read_form.children) == [("lp", [("car", ["n_car"])])]
    question = read_form.question("n_car")
    assert question.label == Text({"en": "How many Cars, 50%?", "fr": "Combien de Autos ?"})
    assert question.relevant == "'x' = 'x'"


def test_a_score_of_kobotoolbox_becomes_a_battery() -> None:
    read_form = questionnaire(f"""
        | survey |
        | | type | name | label | kobo--score-choices | required |
        | | begin_score | s | Score | yn | true |
        | | score__row | a | A | | |
        | | score__row | b | B | | |
        | | end_score | | | | |
        {YN}""")
    assert [group.name for group in read_form.batteries()] == ["s"]
    assert [(question.kind, question.list_name, question.required) for question in read_form.questions()] == [
        (Kind.SELECT_ONE, "yn", "true()")
    ] * 2


def test_a_rank_of_kobotoolbox_becomes_a_question_for_each_place() -> None:
    read_form = questionnaire(f"""
        | survey |
        | | type | name | label | kobo--rank-items | kobo--rank-constraint-message |
        | | begin_rank | r | Rank | yn | Not twice |
        | | rank__level | a | First | | |
        | | rank__level | b | Second | | |
        | | rank__level | c | Third | | |
        | | end_rank | | | | |
        {YN}""")
    assert outline(read_form.children) == [("r", ["a", "b", "c"])]
    assert [question.constraint for question in read_form.questions()] == [
        "",
        "${b} != ${a}",
        "${c} != ${a} and ${c} != ${b}",
    ]
    assert read_form.question("c").constraint_message == Text({"en": "Not twice"})


def test_a_matrix_of_kobotoolbox_becomes_a_group_for_each_item() -> None:
    read_form = questionnaire(f"""
        | survey |
        | | type | name | label | kobo--matrix_list | relevant |
        | | begin_kobomatrix | m | Matrix | things | |
        | | select_one yn | have | Have one? | | |
        | | integer | number | How many? | | ${{have}} = 'y' |
        | | end_kobomatrix | | | | |
        {YN}| | things | car | Car |
        | | things | tv | TV |
        """)
    assert outline(read_form.children) == [
        ("m", [("m_car", ["m_car_have", "m_car_number"]), ("m_tv", ["m_tv_have", "m_tv_number"])])
    ]
    assert read_form.question("m_tv_number").relevant == "${m_tv_have} = 'y'"


def files(**contents: bytes) -> dict[str, AttachedTable]:
    return {f"{name}.csv": attached_table(f"{name}.csv", content) for name, content in contents.items()}


def test_choices_come_from_an_attached_file_in_every_language() -> None:
    form = """
        | survey |
        | | type | name | label::English (en) | label::Français (fr) | parameters |
        | | select_one_from_file towns.csv | a | A | A | value=code label=town |
        """
    towns = "code,town,town::Français (fr),region\n1,Geneva,Genève,w\n,Nowhere,,\n".encode()
    read_form = read_questionnaire(replace(from_markdown(form), files=files(towns=towns)))
    assert read_form.question("a").list_name == "towns.csv"
    assert read_form.choice_lists["towns.csv"] == (
        Choice(name="1", label=Text({"en": "Geneva", "fr": "Genève"}), attributes={"region": "w"}),
    )
    assert read_form.tables["towns"][0] == {
        "code": "1",
        "town": "Geneva",
        "town::Français (fr)": "Genève",
        "region": "w",
    }


def test_a_file_that_is_missing_is_named_once() -> None:
    form = "| survey |\n| | type | name | label |\n| | select_one_from_file t.csv | a | A |\n| | select_multiple_from_file t.csv | b | B |\n| | csv-external | u | |"
    issues = read(from_markdown(form))[1]
    assert [(issue.code, issue.severity, issue.row) for issue in issues] == [
        ("file.missing", "error", 3 - 1),
        ("file.missing", "error", 4),
    ]
    assert "'t.csv'" in issues[0].message
    assert ".zip" in issues[0].fix


def test_external_choices_stand_apart_from_a_list_of_the_same_name() -> None:
    read_form = questionnaire("""
        | survey |
        | | type | name | label | choice_filter |
        | | select_one l | a | A | |
        | | select_one_external l | b | B | r = ${a} |
        | choices |
        | | list_name | name | label |
        | | l | x | X |
        | external_choices |
        | | list_name | name | label | r |
        | | l | y | Y | x |
        """)
    question = read_form.question("b")
    assert (question.written_type, question.choice_filter) == ("select_one_external", "r = ${a}")
    assert [choice.name for choice in read_form.choices(question)] == ["y"]


def test_words_for_eyes_and_ears_are_kept_by_language() -> None:
    read_form = questionnaire("""
        | survey |
        | | type | name | label::English (en) | media::image::English (en) | media::image::Français (fr) | big-image | guidance_hint::English (en) |
        | | begin group | g | G | g.png | | | |
        | | select_one yn | a | A | a.png | b.png | big.png | Read aloud |
        | | end group | | | | | | |
        | choices |
        | | list_name | name | label::English (en) | audio |
        | | yn | y | Yes | y.mp3 |
        """)
    question = read_form.question("a")
    assert question.media == {"image": Text({"en": "a.png", "fr": "b.png"}), "big-image": Text({"en": "big.png"})}
    assert question.guidance_hint == Text({"en": "Read aloud"})
    assert read_form.choice_lists["yn"][0].media == {"audio": Text({"en": "y.mp3"})}
    assert isinstance(read_form.children[0], Group)
    assert read_form.children[0].media == {"image": Text({"en": "g.png"})}


def test_settings_without_a_field_are_kept() -> None:
    read_form = questionnaire(
        "| survey |\n| | type | name | label |\n| | text | a | A |\n| settings |\n| | form_title\t | style | instance_name | attribute::x |\n| | T | pages | ${a} | 1 |"
    )
    assert read_form.title == "T"
    assert read_form.settings == {"style": "pages", "instance_name": "${a}", "attribute::x": "1"}


def one(columns: str, row: str, more: str = "") -> str:
    return f"| survey |\n| | type | name | label | {columns} |\n| | {row} |\n| | text | z | Z | |\n{more}"


@pytest.mark.parametrize(
    ("form", "code", "severity", "word"),
    [
        (one("hint", "barcode | a | A |"), "type.replaced", "warning", "barcodes"),
        (one("hint", "audit | | |"), "type.not_collected", "warning", "steps"),
        (one("hint", "start-geopoint | a | |"), "type.not_collected", "warning", "position"),
        (one("hint", "background-geopoint | a | |"), "type.not_collected", "warning", "position"),
        (one("hint", "background-audio | a | |"), "type.not_collected", "warning", "recorded"),
        (one("hint", "osm | a | A |"), "type.not_collected", "warning", "buildings"),
        (one("hint", "deviceid | a | |"), "type.not_collected", "info", "device"),
        (one("hint", "email | a | Your e-mail |"), "type.no_input", "warning", "Nothing is asked"),
        (one("hint", "include | a | A |"), "type.not_supported", "error", "another workbook"),
        (one("hint", "cascading_select a | a | A |"), "type.not_supported", "error", "cascades"),
        (one("hint", "select_one ${z} | a | A |"), "list.from_answers", "error", "earlier answers"),
        (one("hint", "select_one_from_file a.txt | a | A |"), "file.wrong_ending", "error", "a.txt"),
        (one("save_to", "text | a | A | prop"), "column.no_effect", "warning", "entity"),
        (one("hxl", "text | a | A | #adm1"), "column.no_effect", "info", "Humanitarian"),
        (one("$kuid", "text | a | A | abc"), "column.no_effect", "info", "KoboToolbox"),
        (one("kobo--locking-profile", "text | a | A | core"), "column.no_effect", "info", "locked"),
        (one("sms_field", "text | a | A | x"), "column.no_effect", "info", "text messages"),
        (one("instance::x", "text | a | A | 1"), "column.no_effect", "info", "XForm"),
        (one("parameters", "geopoint | a | A | capture-accuracy=5"), "parameters.no_effect", "info", "browser"),
        (one("parameters", "image | a | A | max-pixels=500"), "parameters.no_effect", "info", "sent"),
        (one("appearance", "select_one yn | a | A | search('x')", YN), "appearance.search", "warning", "search"),
        (one("hint", "text | a | A | <script>alert(1)</script>"), "label.script", "warning", "never run"),
        (one("hint", "text | a | <img src=x onerror=alert(1)> |"), "label.script", "warning", "never run"),
        (one("hint", 'text | a | <span style="color:red">A</span> |'), "label.html", "info", "as it is written"),
        (
            one("hint", "text | a | A |", "| settings |\n| | public_key |\n| | MII |"),
            "setting.no_effect",
            "warning",
            "encrypted",
        ),
        (
            one("hint", "text | a | A |", "| settings |\n| | submission_url |\n| | x |"),
            "setting.no_effect",
            "warning",
            "this server",
        ),
        (
            one("hint", "text | a | A |", "| entities |\n| | list_name | label |\n| | trees | x |"),
            "sheet.no_effect",
            "warning",
            "entities",
        ),
        (one("hint", "begin loop over x | a | A |"), "loop.no_list", "error", "'x'"),
        (one("kobo--score-choices", "begin_score | a | A | x"), "kobo.no_list", "error", "begin_score"),
    ],
)
def test_what_a_browser_form_cannot_do_is_told_by_name(form: str, code: str, severity: str, word: str) -> None:
    found = [issue for issue in read(from_markdown(form))[1] if issue.code == code]
    assert [issue.severity for issue in found] == [severity]
    assert word in found[0].message


@pytest.mark.parametrize("label", ["5 < 6 and 7 > 6", "a <b", "<3", "x<y>z"])
def test_signs_of_comparison_are_no_html(label: str) -> None:
    assert read(from_markdown(one("hint", f"text | a | {label} |")))[1] == ()


def test_what_is_not_recorded_keeps_its_name() -> None:
    read_form = questionnaire(one("required", "start-geopoint | a | | yes"))
    question = read_form.question("a")
    assert (question.kind, question.written_type, question.required) == (Kind.METADATA, "start-geopoint", "")


def test_old_types_bring_their_constraint() -> None:
    assert questionnaire(one("constraint", "percentage | a | A |")).question("a").constraint == "0 <= . and . <= 100"
    assert questionnaire(one("constraint", "percentage | a | A | . > 1")).question("a").constraint == ". > 1"


def test_a_loop_that_would_not_end_is_refused() -> None:
    choices = "".join(f"| | l | c{number} | C |\n" for number in range(300))
    form = f"| survey |\n| | type | name | label |\n| | begin loop over l | a | A |\n| | begin loop over l | b | B |\n| | text | c | C |\n| | end loop | | |\n| | end loop | | |\n| choices |\n| | list_name | name | label |\n{choices}"
    codes = [issue.code for issue in read(from_markdown(form))[1] if issue.severity == "error"]
    assert codes == ["loop.too_large"]


@pytest.mark.parametrize(
    ("opening", "code"),
    [("begin group", "group.too_deep"), ("begin loop over l", "loop.too_large"), ("begin_rank", "kobo.no_list")],
)
def test_nesting_has_an_end(opening: str, code: str) -> None:
    rows = "".join(f"| | {opening} | g{number} | G |\n" for number in range(3_000))
    form = f"| survey |\n| | type | name | label |\n{rows}| | text | a | A |\n| choices |\n| | list_name | name | label |\n| | l | x | X |\n"
    read_form, issues = read(from_markdown(form))
    assert code in {issue.code for issue in issues}
    assert len(list(read_form.questions())) <= 1


def test_an_invalid_form_is_refused_with_its_issues() -> None:
    with pytest.raises(InvalidInput) as caught:
        questionnaire("| survey |\n| | type | name | label |\n| | colour | a | A |")
    assert caught.value.code == "questionnaire.invalid"
    assert [issue.code for issue in caught.value.params["issues"]] == ["type.unknown"]  # type: ignore[attr-defined]


_TYPES = st.sampled_from(
    [
        "text",
        "note",
        "integer",
        "select_one l",
        "select_one l or_other",
        "select_multiple l",
        "rank l",
        "select_one_from_file f.csv",
        "audit",
        "osm x",
        "begin group",
        "end group",
        "begin repeat",
        "end repeat",
        "begin loop over l",
        "end loop",
        "begin_score",
        "score__row",
        "end_score",
        "begin_rank",
        "rank__level",
        "end_rank",
        "begin_kobomatrix",
        "end_kobomatrix",
        "select_one_external l",
        "csv-external",
        "form_title",
        "include",
        "range",
        "#",
        "select_one",
        "q",
        "add prompt",
        "begin",
        "end",
        "or_other",
        "select_one ${a}",
        "calculate",
    ]
)
_CELL = st.sampled_from(
    ["", "a", "b", "l", "x", "yes", "%(name)s", "%(", "${a}", "<b>", "table-list", "name = ${a}", "f"]
)
_HEADERS = [
    "type",
    "name",
    "label",
    "label::French (fr)",
    "appearance",
    "choice_filter",
    "kobo--score-choices",
    "kobo--rank-items",
    "kobo--matrix_list",
    "disabled",
    "parameters",
]
_SURVEY = st.lists(st.tuples(_TYPES, st.lists(_CELL, min_size=10, max_size=10)), max_size=25)
_CHOICES = st.lists(st.tuples(st.sampled_from(["l", "x", ""]), _CELL, _CELL), max_size=5)


def _sheet(headers: list[str], rows: list[list[str]]) -> tuple[Row, ...]:
    return tuple(
        Row(number, {header: cell for header, cell in zip(headers, cells, strict=True) if cell})
        for number, cells in enumerate(rows, start=2)
    )


@given(_SURVEY, _CHOICES)
def test_any_rows_become_a_questionnaire_or_issues(
    survey: list[tuple[str, list[str]]], choices: list[tuple[str, str, str]]
) -> None:
    """And what has no error has names of its own and lists that exist."""
    lists = _sheet(["list_name", "name", "label"], [list(choice) for choice in choices])
    sheets = Sheets(
        rows={
            "survey": _sheet(_HEADERS, [[written, *cells] for written, cells in survey]),
            "choices": lists,
            "external_choices": lists,
        },
        headers={"survey": tuple(_HEADERS), "choices": ("list_name", "name", "label")},
    )
    read_form, issues = read(sheets)
    assert all(issue.code and issue.message and issue.fix for issue in issues)
    if not any(issue.severity == "error" for issue in issues):
        questions = list(read_form.questions())
        assert len({question.name for question in questions}) == len(questions)
        assert all(question.list_name in read_form.choice_lists for question in questions if question.list_name)


def test_a_name_that_looks_like_the_place_of_an_answer_is_refused_and_mended() -> None:
    """Found by the fuzz: its key would have been taken apart."""
    questionnaire, issues = read(
        from_markdown("| survey |\n| | type | name | label |\n| | text | node()[1]/pet | A |\n")
    )
    assert [question.name for question in questionnaire.questions()] == ["node()_1__pet"]
    assert [issue.code for issue in issues] == ["name.invalid"]


def test_a_grid_written_by_hand_is_a_battery() -> None:
    form = from_markdown(
        """
        | survey |
        | | type          | name  | label      | appearance   |
        | | begin group   | grid  |            | field-list   |
        | | select_one yn | head  | How good?  | label        |
        | | select_one yn | one   | First      | list-nolabel |
        | | select_one yn | two   | Second     | list-nolabel |
        | | end group     |       |            |              |
        | choices |
        | | list_name | name | label |
        | | yn        | y    | Yes   |
        | | yn        | n    | No    |
        """
    )
    (battery,) = read_questionnaire(form).batteries()
    assert battery.label.in_language("en") == "How good?"
    assert [question.name for question in battery.questions()] == ["one", "two"]
