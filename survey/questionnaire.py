"""The questionnaire as a value: questions, groups, choices and their words in several languages.

Questions inside a repeat are answered once for each of its instances; how such an answer is named is told in
`survey.logic.instances`. The questionnaire knows nothing of where it was read from (`survey/xlsform`), how expressions
are evaluated (`survey/logic`) or where answers are kept. Names and kinds are those of the XLSForm specification.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from enum import StrEnum

Scalar = str | int | float
Answer = Scalar | tuple[str, ...]
"""A stored answer: text, code, ISO date or file id (str), number, or codes in order (select_multiple, rank).
No answer is the absence of the name, never None or an empty string."""


class Kind(StrEnum):
    """Question types of XLSForm that a browser form can ask or compute."""

    TEXT = "text"
    INTEGER = "integer"
    DECIMAL = "decimal"
    RANGE = "range"
    DATE = "date"
    TIME = "time"
    DATETIME = "datetime"
    SELECT_ONE = "select_one"
    SELECT_MULTIPLE = "select_multiple"
    RANK = "rank"
    ACKNOWLEDGE = "acknowledge"
    NOTE = "note"
    FILE = "file"
    IMAGE = "image"
    AUDIO = "audio"
    VIDEO = "video"
    GEOPOINT = "geopoint"
    GEOTRACE = "geotrace"
    GEOSHAPE = "geoshape"
    CALCULATE = "calculate"
    HIDDEN = "hidden"
    METADATA = "metadata"


LIST_KINDS = frozenset({Kind.SELECT_ONE, Kind.SELECT_MULTIPLE, Kind.RANK})
NUMBER_KINDS = frozenset({Kind.INTEGER, Kind.DECIMAL, Kind.RANGE})
UPLOAD_KINDS = frozenset({Kind.FILE, Kind.IMAGE, Kind.AUDIO, Kind.VIDEO})
PAGE_QUESTIONS = 15
"""Most questions that a respondent sees on one page."""
PLACE_KINDS = frozenset({Kind.GEOPOINT, Kind.GEOTRACE, Kind.GEOSHAPE})
UNASKED_KINDS = frozenset({Kind.NOTE, Kind.CALCULATE, Kind.HIDDEN, Kind.METADATA})
"""Kinds that a respondent never answers."""


@dataclass(frozen=True, slots=True)
class Text:
    """One string in several languages; `by_tag` maps a language tag ("" where the workbook names none) to the words."""

    by_tag: Mapping[str, str] = field(default_factory=dict)

    def in_language(self, tag: str, fallback: str = "") -> str:
        """The words in `tag`, else in `fallback`, else in whatever language there is, else ""."""
        for wanted in (tag, fallback, ""):
            if self.by_tag.get(wanted):
                return self.by_tag[wanted]
        return next((words for words in self.by_tag.values() if words), "")

    def __bool__(self) -> bool:
        return any(self.by_tag.values())


@dataclass(frozen=True, slots=True, kw_only=True)
class Language:
    """A language of the questionnaire: BCP 47 tag ("fr") and the name its speakers read ("Français")."""

    tag: str
    name: str


class NoAnswer(StrEnum):
    """Why a choice is no answer to its question."""

    NOT_APPLICABLE = "not_applicable"
    DONT_KNOW = "dont_know"
    REFUSED = "refused"


MISSING = "missing"
"""Column of the choices that declares it: one of NoAnswer, or ANSWER."""
ANSWER = "answer"
NO_ANSWERS: Mapping[str, NoAnswer] = {
    "na": NoAnswer.NOT_APPLICABLE,
    "not_applicable": NoAnswer.NOT_APPLICABLE,
    "dk": NoAnswer.DONT_KNOW,
    "dont_know": NoAnswer.DONT_KNOW,
    "ns": NoAnswer.REFUSED,
    "ref": NoAnswer.REFUSED,
    "refused": NoAnswer.REFUSED,
}
"""Names of choices that say so without a declaration. The name decides, never the label."""
CODES_OF_TWO_LETTERS = 3
"""In a list with so many other names of two letters these are codes of countries or languages: none says so."""


EXCLUSIVE = "exclusive"
"""Column of the choices that declares, with yes or no, whether in a multiple choice no other goes with it."""
YES_OR_NO: Mapping[str, bool] = {"yes": True, "true": True, "1": True, "no": False, "false": False, "0": False}
NOTHING = "none"
"""The name of a choice that is an answer and denies all others."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Choice:
    """One option of a list; `attributes` are the extra columns that a choice filter may read."""

    name: str
    label: Text
    attributes: Mapping[str, str] = field(default_factory=dict)
    media: Mapping[str, Text] = field(default_factory=dict)
    """File names of image, big-image, audio and video, by language."""

    @property
    def declared(self) -> str:
        """What the column MISSING says, as one writes it: "Not applicable" is "not_applicable"; "" when nothing."""
        return "_".join(self.attributes.get(MISSING, "").lower().replace("'", "").replace("’", "").split())


def no_answers(choices: Sequence[Choice]) -> dict[str, NoAnswer]:
    """Name -> why it is no answer, for the choices of a list that are none: by their declaration, else by their name.

    A declaration that is not one counts as none; `survey.xlsform.checks` finds it.
    """
    coded = len(other_codes(choices)) >= CODES_OF_TWO_LETTERS
    found = {}
    for choice in choices:
        if choice.declared in set(NoAnswer):
            found[choice.name] = NoAnswer(choice.declared)
        elif choice.declared != ANSWER and choice.name in NO_ANSWERS and not (coded and len(choice.name) == 2):
            found[choice.name] = NO_ANSWERS[choice.name]
    return found


def other_codes(choices: Sequence[Choice]) -> tuple[str, ...]:
    """The names of two letters that may be codes of countries or languages."""
    return tuple(
        choice.name
        for choice in choices
        if len(choice.name) == 2
        and choice.name.isalpha()
        and choice.name not in NO_ANSWERS
        and choice.declared not in set(NoAnswer)
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class Question:
    """One row of the survey sheet. Expressions are kept as written; `survey.logic` compiles them."""

    name: str
    """Its own in the whole questionnaire; a second question of one name in another group is `group/name`."""
    kind: Kind
    label: Text = Text()
    hint: Text = Text()
    guidance_hint: Text = Text()
    media: Mapping[str, Text] = field(default_factory=dict)
    """File names of image, big-image, audio and video, by language."""
    list_name: str = ""
    """The list of choices; for select_..._from_file the file's name with its ending."""
    required: str = ""
    required_message: Text = Text()
    relevant: str = ""
    constraint: str = ""
    constraint_message: Text = Text()
    choice_filter: str = ""
    calculation: str = ""
    default: str = ""
    trigger: str = ""
    read_only: str = ""
    appearance: tuple[str, ...] = ()
    parameters: Mapping[str, str] = field(default_factory=dict)
    metadata: str = ""
    """Which preload a METADATA question is: start, end, today, deviceid, ..."""
    written_type: str = ""
    """The type as the workbook names it where `kind` does not tell: barcode, select_one_external, audit."""
    row: int = 0
    """Row of the survey sheet, 1-based with the header as row 1; 0 when made by a program."""

    @property
    def node(self) -> str:
        """The name in its group: what a path calls it."""
        return self.name.rpartition("/")[2]


@dataclass(frozen=True, slots=True, kw_only=True)
class Group:
    """A group of questions; a top-level group is a section, one with appearance table-list a battery."""

    name: str
    label: Text = Text()
    hint: Text = Text()
    media: Mapping[str, Text] = field(default_factory=dict)
    relevant: str = ""
    appearance: tuple[str, ...] = ()
    children: tuple["Group | Question", ...] = ()
    repeats: bool = False
    repeat_count: str = ""
    """How many instances there are, as an expression; without one the respondent adds and removes them."""
    row: int = 0

    @property
    def node(self) -> str:
        """The name in its group: what a path calls it."""
        return self.name.rpartition("/")[2]

    def questions(self) -> Iterator[Question]:
        """Every question inside, in order, at any depth."""
        for child in self.children:
            if isinstance(child, Group):
                yield from child.questions()
            else:
                yield child

    @property
    def is_battery(self) -> bool:
        """True when the group is a grid of select_one questions over one scale."""
        asked = [child for child in self.children if isinstance(child, Question) and child.kind is not Kind.NOTE]
        return (
            "table-list" in self.appearance
            and len(asked) > 0
            and all(question.kind is Kind.SELECT_ONE for question in asked)
            and len({question.list_name for question in asked}) == 1
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class Questionnaire:
    """A whole questionnaire, ready to be asked."""

    title: str
    form_id: str
    version: str
    languages: tuple[Language, ...]
    default_language: str
    """Tag of the language in which every text exists or falls back to."""
    children: tuple[Group | Question, ...]
    choice_lists: Mapping[str, tuple[Choice, ...]]
    """By list name; a list from a file by the file's name."""
    tables: Mapping[str, tuple[Mapping[str, str], ...]] = field(default_factory=dict)
    """Rows of the attached CSV files by name without ending, for pulldata() and instance()."""
    settings: Mapping[str, str] = field(default_factory=dict)
    """The settings that have no field of their own: style, instance_name, public_key, ..."""
    _sections: tuple[Group, ...] = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        """Parts it into pages, which every page drawn asks for."""
        object.__setattr__(self, "_sections", self._parted())

    def questions(self) -> Iterator[Question]:
        """Every question in order, at any depth."""
        for child in self.children:
            if isinstance(child, Group):
                yield from child.questions()
            else:
                yield child

    def question(self, name: str) -> Question:
        """The question of that name; KeyError when there is none."""
        for question in self.questions():
            if question.name == name:
                return question
        raise KeyError(name)

    def sections(self) -> tuple[Group, ...]:
        """The pages: each top-level group; loose questions between them form a section of their own.

        A group of more than PAGE_QUESTIONS questions is parted into several pages with its label and relevance.
        """
        return self._sections

    def _parted(self) -> tuple[Group, ...]:
        sections: list[Group] = []
        loose: list[Question] = []

        def close() -> None:
            if any(question.kind not in (UNASKED_KINDS - {Kind.NOTE}) for question in loose):
                sections.extend(_pages(Group(name=f"_{loose[0].name}", children=tuple(loose))))
            loose.clear()

        for child in self.children:
            if isinstance(child, Group):
                close()
                sections.extend(_pages(child))
            else:
                loose.append(child)
        close()
        return tuple(sections)

    def repeats_of(self) -> dict[str, tuple[str, ...]]:
        """Names of the repeats around each question and group, the outermost first; () outside of all.

        A repeat is not around itself.
        """
        found: dict[str, tuple[str, ...]] = {}

        def walk(children: tuple[Group | Question, ...], around: tuple[str, ...]) -> None:
            for child in children:
                found[child.name] = around
                if isinstance(child, Group):
                    walk(child.children, (*around, child.name) if child.repeats else around)

        walk(self.children, ())
        return found

    def batteries(self) -> tuple[Group, ...]:
        """Every battery at any depth, in order."""

        def walk(children: tuple[Group | Question, ...]) -> Iterator[Group]:
            for child in children:
                if isinstance(child, Group):
                    if child.is_battery:
                        yield child
                    else:
                        yield from walk(child.children)

        return tuple(walk(self.children))

    def choices(self, question: Question) -> tuple[Choice, ...]:
        """All options of a question's list, unfiltered; () for a question without a list."""
        return tuple(self.choice_lists.get(question.list_name, ()))

    def exclusive(self, question: Question) -> frozenset[str]:
        """The codes of a multiple choice with which no other goes; none of other kinds.

        Those that EXCLUSIVE declares, else NOTHING and those that are no answer.
        """
        if question.kind is not Kind.SELECT_MULTIPLE:
            return frozenset()
        choices = self.choices(question)
        alone = {NOTHING, *no_answers(choices)}
        said = {choice.name: YES_OR_NO.get(choice.attributes.get(EXCLUSIVE, "").strip().lower()) for choice in choices}
        return frozenset(name for name, says in said.items() if says or (says is None and name in alone))


def _pages(group: Group) -> tuple[Group, ...]:
    """The group as pages of at most PAGE_QUESTIONS questions; groups inside it stay whole, a battery counts once.

    A repeat is one page.
    """
    if group.repeats:
        return (group,)
    pages: list[list[Group | Question]] = [[]]
    filled = 0
    for child in group.children:
        size = _size(child)
        if pages[-1] and filled + size > PAGE_QUESTIONS:
            pages.append([])
            filled = 0
        pages[-1].append(child)
        filled += size
    if len(pages) == 1:
        return (group,)
    names = [group.name, *(f"{group.name}__{number}" for number in range(2, len(pages) + 1))]
    return tuple(replace(group, name=name, children=tuple(page)) for name, page in zip(names, pages, strict=True))


def _size(child: Group | Question) -> int:
    if isinstance(child, Question):
        return int(child.kind not in UNASKED_KINDS)
    return 1 if child.is_battery else sum(_size(inside) for inside in child.children)
