"""The questionnaire as a value: its pages, batteries and texts."""

from survey.questionnaire import PAGE_QUESTIONS, Group, Kind, Question, Questionnaire, Text


def questions(count: int, prefix: str = "q", kind: Kind = Kind.TEXT) -> tuple[Question, ...]:
    return tuple(Question(name=f"{prefix}{number}", kind=kind, list_name="scale") for number in range(count))


def of(*children: Group | Question) -> Questionnaire:
    return Questionnaire(
        title="T", form_id="t", version="1", languages=(), default_language="en", children=children, choice_lists={}
    )


def pages(*children: Group | Question) -> list[tuple[str, int]]:
    return [(page.name, len(list(page.questions()))) for page in of(*children).sections()]


def test_a_group_of_a_page_stays_whole() -> None:
    group = Group(name="s1", label=Text({"en": "One"}), children=questions(PAGE_QUESTIONS))
    assert of(group).sections() == (group,)


def test_a_long_group_is_parted_into_pages_with_its_label_and_relevance() -> None:
    group = Group(name="s1", label=Text({"en": "One"}), relevant="${a} = 1", children=questions(2 * PAGE_QUESTIONS + 1))
    parts = of(group).sections()
    assert [(part.name, len(part.children)) for part in parts] == [("s1", 15), ("s1__2", 15), ("s1__3", 1)]
    assert all((part.label, part.relevant) == (group.label, group.relevant) for part in parts)


def test_a_battery_counts_as_one_question_and_is_never_parted() -> None:
    battery = Group(name="m", appearance=("table-list",), children=questions(20, "m", Kind.SELECT_ONE))
    assert battery.is_battery
    assert pages(Group(name="s", children=(battery, *questions(14)))) == [("s", 34)]
    assert pages(Group(name="s", children=(battery, *questions(15)))) == [("s", 34), ("s__2", 1)]


def test_notes_and_calculations_do_not_fill_a_page() -> None:
    silent = questions(30, "n", Kind.NOTE)
    assert pages(Group(name="s", children=(*silent, *questions(15)))) == [("s", 45)]


def test_loose_questions_form_a_page_between_groups() -> None:
    first, second = questions(2)
    group = Group(name="g", children=questions(1, "x"))
    assert pages(first, group, second) == [("_q0", 1), ("g", 1), ("_q1", 1)]


def test_loose_calculations_alone_are_no_page() -> None:
    assert pages(*questions(2, "c", Kind.CALCULATE)) == []
