"""What the code arrays mean: one variable for each question that carries answers.

Variables are made from the questionnaire alone. Of a repeat there is how many instances a response has; the questions
inside are left out, because a response answers them several times (`frame.repeat_frame` has them as rows of their own).
Notes, calculations, hidden values and metadata carry no answer of a respondent; contact questions are never analysed.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from enum import StrEnum

from data.errors import InvalidInput
from survey.questionnaire import (
    LIST_KINDS,
    UNASKED_KINDS,
    Choice,
    Group,
    Kind,
    Question,
    Questionnaire,
    Text,
    no_answers,
)
from survey.versions.lineage import Lineage


class Cause(StrEnum):
    """Why there is no valid answer."""

    NOT_ASKED = "not_asked"
    SKIPPED = "skipped"
    NOT_APPLICABLE = "not_applicable"
    DONT_KNOW = "dont_know"
    REFUSED = "refused"


NO_TEXT = Text()

LANGUAGE = "language"
LATE = "late"
HOW_MANY = Text({"ar": "العدد", "en": "how many", "es": "cuántos", "fr": "combien", "ru": "сколько", "zh": "数量"})
PSEUDO_VARIABLES = (LANGUAGE, LATE)
"""Variables that no question asks: the language of the response, and whether it came after the deadline."""
_LANGUAGE_WORDS = Text(
    {
        "en": "Language of the reply",
        "ar": "لغة الرد",
        "es": "Idioma de la respuesta",
        "fr": "Langue de la réponse",
        "ru": "Язык ответа",
        "zh": "答复语言",
    }
)
"""English first, which stands where neither the reader's language nor the questionnaire's is among them."""
_LATE_WORDS = Text(
    {
        "en": "Before or after the first deadline",
        "ar": "قبل الموعد الأول أو بعده",
        "es": "Antes o después del primer plazo",
        "fr": "Avant ou après la première échéance",
        "ru": "До или после первого срока",
        "zh": "在首个截止日期之前或之后",
    }
)
_LATE_CODES = {
    "on_time": Text(
        {
            "en": "on time",
            "ar": "في الموعد",
            "es": "a tiempo",
            "fr": "dans les délais",
            "ru": "в срок",
            "zh": "按时",
        }
    ),
    "late": Text(
        {
            "en": "late",
            "ar": "متأخر",
            "es": "con retraso",
            "fr": "en retard",
            "ru": "с опозданием",
            "zh": "逾期",
        }
    ),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Code:
    """One possible answer: the choice's name and its words."""

    name: str
    label: Text


@dataclass(frozen=True, slots=True, kw_only=True)
class Variable:
    """One question as the analysis sees it.

    codes        valid answers in questionnaire order, without the missing ones; () unless the kind has a list
    missing      choice name -> cause, for the choices that are not an answer
    section      name of the top-level group; `section_label` its words
    battery      name of the group when the question is an item of a battery, else ""
    identifying  True when the answer names the organisation
    parameters   as in the questionnaire (start, end, step of a range)
    versions     numbers of the versions that ask it, when not all of them do, else ()
    """

    name: str
    kind: Kind
    label: Text
    codes: tuple[Code, ...] = ()
    missing: Mapping[str, Cause] = field(default_factory=dict)
    section: str = ""
    section_label: Text = NO_TEXT
    battery: str = ""
    identifying: bool = False
    parameters: Mapping[str, str] = field(default_factory=dict)
    versions: tuple[int, ...] = ()

    @property
    def is_single(self) -> bool:
        """True when a response holds one code."""
        return self.kind in (Kind.SELECT_ONE, Kind.ACKNOWLEDGE)

    @property
    def is_categorical(self) -> bool:
        """True when responses can be grouped and filtered by the variable."""
        return self.is_single or self.kind is Kind.SELECT_MULTIPLE

    @property
    def causes(self) -> tuple[Cause, ...]:
        """The causes for which a response can lack a valid answer to this variable."""
        said = set(self.missing.values())
        return tuple(cause for cause in Cause if cause in (Cause.NOT_ASKED, Cause.SKIPPED) or cause in said)


@dataclass(frozen=True, slots=True, kw_only=True)
class Battery:
    """A group of items on one scale; `scale` without the missing choices, lowest point first."""

    name: str
    label: Text
    items: tuple[str, ...]
    scale: tuple[Code, ...]
    section: str
    section_label: Text


@dataclass(frozen=True, slots=True, kw_only=True)
class Codebook:
    """All variables in questionnaire order, pseudo variables last.

    roles             which question plays which part in the consultation
    default_language  tag of the language in which every text exists
    """

    variables: tuple[Variable, ...]
    batteries: tuple[Battery, ...]
    roles: Mapping[str, str]
    default_language: str

    def variable(self, name: str) -> Variable:
        """The variable of that name; KeyError when there is none."""
        for variable in self.variables:
            if variable.name == name:
                return variable
        raise KeyError(name)

    def battery(self, name: str) -> Battery:
        """The battery of that name; KeyError when there is none."""
        for battery in self.batteries:
            if battery.name == name:
                return battery
        raise KeyError(name)

    def words(self, text: Text, language: str, fallback: str) -> str:
        """The text in the language, else in the default language, else `fallback` (a code)."""
        return text.in_language(language, self.default_language) or fallback


def build_codebook(questionnaire: Questionnaire, roles: Mapping[str, str]) -> Codebook:
    """Code-book of a questionnaire.

    roles   part -> question name; "contact" may name several questions, separated by spaces. Reads contact and
            organisation here, the others where they are used.
    Raises  InvalidInput "codebook.unknown_role_question" when a contact or organisation question does not exist,
            because a misspelt name would let contact data into the analysis.
    """
    known = {question.name for question in questionnaire.questions()}
    contact = frozenset(roles.get("contact", "").split())
    identifying = frozenset(roles.get("organisation", "").split())
    for name in sorted((contact | identifying) - known):
        raise InvalidInput("codebook.unknown_role_question", question=name)
    section_of = {question.name: section for section in questionnaire.sections() for question in section.questions()}
    battery_of = {question.name: group.name for group in questionnaire.batteries() for question in group.questions()}
    skip = contact | _repeated(questionnaire.children, inside=False)
    variables = [
        _variable(
            questionnaire,
            question,
            section=section_of.get(question.name),
            battery=battery_of.get(question.name, ""),
            identifying=question.name in identifying,
        )
        for question in questionnaire.questions()
        if question.kind not in UNASKED_KINDS and question.name not in skip
    ]
    variables += [_count(group, section_of_groups) for group, section_of_groups in _repeats(questionnaire)]
    names = {variable.name for variable in variables}
    variables += [variable for variable in _pseudo_variables(questionnaire) if variable.name not in names]
    by_name = {variable.name: variable for variable in variables}
    batteries = [_battery(group, by_name) for group in questionnaire.batteries() if not _items(group) & skip]
    return Codebook(
        variables=tuple(variables),
        batteries=tuple(batteries),
        roles=dict(roles),
        default_language=questionnaire.default_language,
    )


def _repeats(questionnaire: Questionnaire) -> Iterator[tuple[Group, Group]]:
    """Every repeat that stands in no other, with its section."""

    def walk(children: tuple[Group | Question, ...]) -> Iterator[Group]:
        for child in children:
            if isinstance(child, Group):
                if child.repeats:
                    yield child
                else:
                    yield from walk(child.children)

    for section in questionnaire.sections():
        for group in walk((section,)):
            yield group, section


def _count(group: Group, section: Group) -> Variable:
    """How many instances of a repeat a response has."""
    words = {tag: f"{label} ({HOW_MANY.in_language(tag, 'en')})" for tag, label in group.label.by_tag.items()}
    return Variable(
        name=group.name, kind=Kind.INTEGER, label=Text(words), section=section.name, section_label=section.label
    )


def join_codebooks(line: Lineage, roles: Mapping[int, Mapping[str, str]]) -> Codebook:
    """Code-book of all versions: that of the newest one, and after it the questions that only older ones ask.

    A variable that not every version asks names those that do. A choice that vanished keeps its words. What is contact
    data or names the organisation in any version is so in all.

    roles   version number -> part -> question name in that version.
    Raises  as `build_codebook`.
    """
    if len(line.numbers) == 1:
        return build_codebook(line.questionnaire, roles[line.newest])
    books = {number: build_codebook(line.questionnaires[number], roles[number]) for number in line.numbers}
    hidden = _named(line, roles, "contact")
    identifying = _named(line, roles, "organisation")
    found: list[Variable] = []
    for member in line.members():
        own = {variable.name: variable for variable in books[member.version].variables}
        original = member.question.name
        if original not in own or member.name in hidden:
            continue
        asked = () if member.versions == line.numbers else member.versions
        variable = replace(
            own[original],
            name=member.name,
            identifying=member.name in identifying,
            versions=asked,
            battery=own[original].battery if member.version == line.newest else "",
        )
        found.append(_with_choices(variable, member.choices))
    newest = books[line.newest]
    repeats = {group.name for group, _section in _repeats(line.questionnaire)}
    found += [variable for variable in newest.variables if variable.name in repeats]
    names = {variable.name for variable in found}
    for number in line.numbers:
        pseudo = [v for v in books[number].variables if v.name in PSEUDO_VARIABLES and not v.section]
        for variable in pseudo:
            if variable.name not in names:
                found.append(variable)
                names.add(variable.name)
    spoken = {code.name: code for number in line.numbers for code in _languages(books[number])}
    found = [replace(v, codes=tuple(spoken.values())) if v.name == LANGUAGE and not v.section else v for v in found]
    found.sort(key=lambda variable: variable.name in PSEUDO_VARIABLES and not variable.section)
    return Codebook(
        variables=tuple(found),
        batteries=tuple(battery for battery in newest.batteries if names.issuperset(battery.items)),
        roles=_joined_roles(line, roles),
        default_language=newest.default_language,
    )


def joined_role(line: Lineage, roles: Mapping[str, str], version: int, role: str) -> str:
    """The joined name of the question that plays a part in one version, "" when none does."""
    name = roles.get(role, "")
    return line.joined(version, name) if name else ""


def _joined_roles(line: Lineage, roles: Mapping[int, Mapping[str, str]]) -> dict[str, str]:
    """The parts in the newest version, and those that only older ones have."""
    found: dict[str, str] = {}
    for number in line.numbers:
        found |= {role: joined_role(line, roles[number], number, role) for role in roles[number]}
    return found


def _named(line: Lineage, roles: Mapping[int, Mapping[str, str]], role: str) -> frozenset[str]:
    """Joined names, and those of answers that stay apart, of the questions that play a part in any version."""
    said = {(number, name) for number in line.numbers for name in roles[number].get(role, "").split()}
    joined = {line.joined(number, name) for number, name in said}
    return frozenset(joined | {apart for apart, question in line.apart.items() if question in joined})


def _with_choices(variable: Variable, choices: tuple[Choice, ...]) -> Variable:
    """The variable with every choice of every version, in the order of `choices`, the missing ones apart.

    Which are missing is decided about all of them: names of two letters that one version alone has too few of to be
    codes of countries are such codes when the versions together have enough.
    """
    if variable.kind not in LIST_KINDS:
        return variable
    own = {code.name: code for code in variable.codes}
    missing = _missing(choices)
    codes = tuple(
        own.get(choice.name) or Code(name=choice.name, label=choice.label)
        for choice in choices
        if choice.name not in missing
    )
    return replace(variable, codes=codes, missing=missing)


def _missing(choices: Sequence[Choice]) -> dict[str, Cause]:
    return {name: Cause(why) for name, why in no_answers(choices).items()}


def _languages(book: Codebook) -> tuple[Code, ...]:
    return next((v.codes for v in book.variables if v.name == LANGUAGE and not v.section), ())


def _variable(
    questionnaire: Questionnaire, question: Question, *, section: Group | None, battery: str, identifying: bool
) -> Variable:
    choices = questionnaire.choices(question) if question.kind in LIST_KINDS else ()
    missing = _missing(choices)
    codes = [Code(name=choice.name, label=choice.label) for choice in choices if choice.name not in missing]
    if question.kind is Kind.ACKNOWLEDGE:
        codes = [Code(name="OK", label=NO_TEXT)]
    return Variable(
        name=question.name,
        kind=question.kind,
        label=question.label,
        codes=tuple(codes),
        missing=missing,
        section=section.name if section else "",
        section_label=section.label if section else NO_TEXT,
        battery=battery,
        identifying=identifying,
        parameters=question.parameters,
    )


def _battery(group: Group, variables: Mapping[str, Variable]) -> Battery:
    items = tuple(question.name for question in group.questions() if question.kind not in UNASKED_KINDS)
    first = variables[items[0]]
    scale = first.codes
    if all(is_number(code.name) for code in scale):
        scale = tuple(sorted(scale, key=lambda code: float(code.name)))
    return Battery(
        name=group.name,
        label=group.label,
        items=items,
        scale=scale,
        section=first.section,
        section_label=first.section_label,
    )


def _items(group: Group) -> frozenset[str]:
    return frozenset(question.name for question in group.questions())


def _repeated(children: tuple[Group | Question, ...], *, inside: bool) -> frozenset[str]:
    names: set[str] = set()
    for child in children:
        if isinstance(child, Group):
            names |= _repeated(child.children, inside=inside or child.repeats)
        elif inside:
            names.add(child.name)
    return frozenset(names)


def _pseudo_variables(questionnaire: Questionnaire) -> tuple[Variable, Variable]:
    languages = tuple(Code(name=spoken.tag, label=Text({"": spoken.name})) for spoken in questionnaire.languages)
    late = tuple(Code(name=name, label=label) for name, label in _LATE_CODES.items())
    return (
        Variable(name=LANGUAGE, kind=Kind.SELECT_ONE, label=_LANGUAGE_WORDS, codes=languages),
        Variable(name=LATE, kind=Kind.SELECT_ONE, label=_LATE_WORDS, codes=late),
    )


def is_number(code: str) -> bool:
    """Whether the name of a choice is a whole number, also below 0."""
    return code.removeprefix("-").isdecimal()
