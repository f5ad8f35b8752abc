"""What both doors show of a question: its words, its messages, the shape of its list, and what one types.

The Streamlit page and the light form draw with it, so that a respondent who changes doors reads the same.
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta, tzinfo

from data.records import ConsultationRecord, KeyRole, ResponseStatus, SectionChange
from survey import consultations, uploads
from survey.logic.compiled_form import CompiledForm
from survey.logic.form_state import FormState, Issue, QuestionState
from survey.logic.instances import name_of, split
from survey.logic.typed_numbers import written_number
from survey.open_responses import OpenResponse
from survey.policies import Identification, closing, policies_of
from survey.questionnaire import UNASKED_KINDS, Answer, Choice, Group, Kind, Question, Questionnaire, Text
from survey.saving import AnsweredElsewhere
from survey.translator import Words
from survey.words import ANSWER_WORDS
from survey.xlsform.translations import falls_back

RADIO_LIMIT = 16
"""Longest list that is shown open; a longer one becomes a menu."""
BOXES_LIMIT = 2 * RADIO_LIMIT
"""Longest list of which several are chosen by boxes to tick; a longer one becomes a menu."""
RANGE_LIMIT = 101
"""Most values that a range offers."""
_GAP = "\x00"
"""Stands in a sentence where its moment goes."""
_MENU = frozenset({"minimal", "autocomplete", "search"})
_FRONT = frozenset({"new-front", "front", "selfie"})
_NEW = _FRONT | {"new", "new-rear", "rear"}
_IN_A_ROW = ("likert", "columns", "horizontal", "compact", "quickcompact")


def as_menu(question: Question, length: int) -> bool:
    """True when one choice out of so many is a menu, false when the list is shown open."""
    return length > RADIO_LIMIT or bool(_MENU.intersection(question.appearance))


def boxed(question: Question, shown: QuestionState) -> bool:
    """True when several choices are boxes to tick, false when they are a menu."""
    return len(shown.choices) <= BOXES_LIMIT and not _MENU.intersection(question.appearance)


def in_a_row(question: Question) -> bool:
    """True when the author wants the choices beside each other."""
    return any(each.startswith(_IN_A_ROW) for each in question.appearance)


def prefix(key: str) -> str:
    """What stands before the names in the instance of a question: "member[2]/"; "" outside of repeats."""
    return key[: key.rfind("]/") + 2] if "[" in key else ""


def place_of(key: str, state: FormState) -> str:
    """The question's words, in a repeat after the names of its instances: "Member 2, Pet 1: Name"."""
    words = Words(state.language)
    question = state.questionnaire.question(name_of(key))
    shown = state.words(question.label, prefix(key)) or question.name
    groups = {group.name: group for group in _groups(state.questionnaire.children)}
    around, within = [], ""
    for name, number in split(key)[1]:
        within += f"{name}[{number}]/"
        around.append(f"{state.words(groups[name].label, within).strip() or name} {words.number(number)}")
    return f"{', '.join(around)}{words.colon}{shown}" if around else shown


def heading(group: Group, state: FormState, within: str = "") -> str:
    """The words of a group; of a repeat as a whole those of an instance in which nothing is answered yet.

    within  what stands before the names in the instance around it, as of `prefix`
    """
    if group.repeats:
        key = within + group.name
        within = f"{key}[{len(state.instances(key)) + 1}]/"
    return state.words(group.label, within).strip()


def instance_name(repeat: Group, number: int, within: str, state: FormState, words: Words) -> str:
    """What one instance of a repeat is called: its words, which may hold an answer given in it, and its number.

    within  what stands before the names in this instance
    """
    label = state.words(repeat.label, within).strip()
    return f"{label} {words.number(number)}" if label else words.number(number)


def _groups(children: Iterable[Group | Question]) -> Iterator[Group]:
    for child in children:
        if isinstance(child, Group):
            yield child
            yield from _groups(child.children)


def label(question: Question, shown: QuestionState, state: FormState, words: Words) -> str:
    """The question's words, with the mark of a required one."""
    text = state.words(question.label, prefix(shown.name)) or question.name
    return f"{text}{words.aside(words.translate('required'))}" if shown.required else text


def choice_names(choices: Sequence[Choice], key: str, state: FormState) -> dict[str, str]:
    """Code -> words of each choice of the question of that key."""
    within = prefix(key)
    return {choice.name: state.words(choice.label, within) or choice.name for choice in choices}


def issue_words(issue: Issue, key: str, state: FormState, words: Words) -> str:
    """What to tell the respondent of a question: the form author's own message, else ours."""
    if issue.message:
        return state.words(issue.message, prefix(key))
    if issue.code == "answer.exclusive":
        choices = state.questionnaire.choices(state.questionnaire.question(name_of(key)))
        return alone_words(choice_names(choices, key, state)[str(issue.params["choice"])], words)
    return words.translate(ANSWER_WORDS.get(issue.code, ANSWER_WORDS["answer.constraint"]), **issue.params)


def alone_words(choice: str, words: Words) -> str:
    """What to tell whoever chose this choice and others, when none goes with it."""
    return words.translate(ANSWER_WORDS["answer.exclusive"], choice=choice)


def attention(count: int, words: Words) -> str:
    """How many answers need attention."""
    return words.plural("{count} answer needs your attention.", "{count} answers need your attention.", count)


def changed_words(change: SectionChange | None, words: Words, zone: tzinfo) -> str:
    """Who changed a section last, and when; "" while only one code was ever given."""
    if change is None:
        return ""
    name = change.changed_by or words.translate("whoever began this response")
    return words.translate("Changed by {name}, {moment}", name=name, moment=words.moment(change.changed_at, zone))


def left_words(opened: OpenResponse, words: Words, zone: tzinfo) -> tuple[str, str]:
    """(heading, sentence) of a response that is not opened any more; the day alone where no more is kept."""
    if opened.response.status is not ResponseStatus.DRAFT:
        reference = opened.response.reference
        return words.translate("Your data"), f"{words.translate('Reference')}{words.colon}{reference}"
    saved = opened.response.updated_at
    day = policies_of(opened.consultation).anonymous
    moment = words.date(saved.date()) if day else words.moment(saved, zone)
    told = words.translate("Last saved: {moment}. This draft can be neither continued nor sent.", moment=moment)
    return words.translate("This draft has expired"), told


def erase_first(words: Words) -> str:
    """What is told of an expired draft that was begun by a personal link."""
    return words.translate(
        "To begin anew, erase this draft first; then the personal link of your organisation begins another one."
    )


def elsewhere_words(error: AnsweredElsewhere, question: str, words: Words, zone: tzinfo) -> str:
    """Who gave the other answer to a question, and when, as far as it is known."""
    before = error.before
    change = next((before.changed.get(each.name) for each in sections_with(before, question)), None)
    if change is not None and change.changed_by != before.holder.name:
        return changed_words(change, words, zone)
    moment, anonymous = before.response.updated_at, policies_of(before.consultation).anonymous
    saved = words.date(moment.date()) if anonymous else words.moment(moment, zone)
    return words.translate("In another window, last saved {moment}", moment=saved)


def sections_with(opened: OpenResponse, key: str) -> tuple[Group, ...]:
    """The section that asks a question; () for one that is not asked."""
    found = opened.state.questionnaire.sections()
    return tuple(each for each in found if any(q.name == name_of(key) for q in each.questions()))


def role_words(role: KeyRole, words: Words) -> str:
    """What a colleague with this role does."""
    _ = words.translate
    return _("writes and approves") if role is KeyRole.APPROVER else _("writes")


def typed(question: Question, value: Answer | None, language: str) -> str:
    """The answer as a reader of this language types it; a number is never cut or written with an exponent."""
    if value is None:
        return ""
    if isinstance(value, float):
        return written_number(value, language)
    if question.kind is Kind.DATE and "month-year" in question.appearance:
        return str(value)[:7]
    if question.kind is Kind.DATE and "year" in question.appearance:
        return str(value)[:4]
    return str(value)


def example(question: Question) -> str:
    """What an answer that is typed may look like; "" where that needs no example."""
    match question.kind:
        case Kind.DATE if "year" in question.appearance:
            return "2026"
        case Kind.DATE if "month-year" in question.appearance:
            return "2026-10"
        case Kind.DATE:
            return "2026-10-31"
        case Kind.TIME:
            return "14:30"
        case Kind.DATETIME:
            return "2026-10-31T14:30"
        case Kind.GEOPOINT:
            return "48.2082 16.3738"
        case Kind.GEOTRACE | Kind.GEOSHAPE:
            return "48.2082 16.3738;\n48.2100 16.3700"
    return ""


def accept(question: Question) -> str:
    """What a file field offers to choose, as HTML writes it."""
    return uploads.ACCEPT[question.kind]


def capture(question: Question) -> str:
    """Which camera or microphone a telephone opens at once, as HTML writes it; "" where an old file will do."""
    if question.kind is Kind.FILE or not _NEW.intersection(question.appearance):
        return ""
    return "user" if _FRONT.intersection(question.appearance) else "environment"


def range_points(question: Question) -> list[int | float]:
    """The values that a range offers, lowest first."""
    start, end, step = (
        float(question.parameters.get(name, default)) for name, default in (("start", 1), ("end", 10), ("step", 1))
    )
    step = abs(step) or 1.0
    count = int(abs(end - start) / step + 1e-9) + 1
    points = [min(start, end) + step * place for place in range(min(count, RANGE_LIMIT))]
    return [int(point) if point.is_integer() else point for point in points]


def shown_sections(state: FormState) -> list[Group]:
    """The sections that are relevant now, at least the first."""
    found = state.questionnaire.sections()
    shown = [section for section in found if state.group_relevant(section.name)]
    return shown or list(found[:1])


def title_of(consultation: ConsultationRecord, words: Words) -> str:
    """The title of a consultation in the reader's language."""
    title = consultation.title
    return title.get(words.language) or title.get("en") or next(iter(title.values()), consultation.slug)


@dataclass(frozen=True, slots=True, kw_only=True)
class Sentence:
    """A sentence in which a moment may stand.

    at      the moment; None: the sentence has none and stands in `before`
    shown   the moment in the stated zone
    own     the same moment in the reader's zone, where that is known and another one
    left    how long it is until then; "" when it is past
    """

    before: str
    at: datetime | None = None
    shown: str = ""
    own: str = ""
    after: str = ""
    left: str = ""


def untranslated(form: CompiledForm, language: str, words: Words, section: Group | None = None) -> str:
    """A sentence where words of the form, or of a section, stand in its default language instead; else ""."""
    questionnaire = form.questionnaire
    if language == questionnaire.default_language:
        return ""
    key = (language, "" if section is None else section.name)
    if key not in form.untranslated:
        form.untranslated[key] = any(falls_back(text, language) for text in _texts(questionnaire, section))
    if not form.untranslated[key]:
        return ""
    name = words.language_name(questionnaire.default_language)
    if not name:
        return words.translate("Not everything here is translated yet.")
    return words.translate("Not everything here is translated yet; the rest is in another language: {name}.", name=name)


def _texts(questionnaire: Questionnaire, part: Group | None) -> Iterator[Text]:
    """What a respondent may read: of groups, questions and choices."""
    waiting: list[Group | Question] = [*(questionnaire.children if part is None else (part,))]
    lists = set()
    while waiting:
        item = waiting.pop()
        yield item.label
        if isinstance(item, Group):
            waiting.extend(item.children)
        elif item.kind not in UNASKED_KINDS:
            yield from (item.hint, item.guidance_hint)
            lists.add(item.list_name)
    for name in lists & questionnaire.choice_lists.keys():
        yield from (choice.label for choice in questionnaire.choice_lists[name])


def until_when(
    consultation: ConsultationRecord, now: datetime, words: Words, zone: tzinfo | None = None
) -> tuple[Sentence, ...]:
    """Sentences about the deadline, the closing time, corrections, and what is known of who answers.

    zone  of the reader; None where it is not known
    """
    _ = words.translate
    rules = policies_of(consultation)
    lines = []

    def timed(sentence: str, at: datetime) -> None:
        lines.append(_timed(sentence, at, rules.clock, now, words, zone))

    if consultation.deadline_at is not None:
        late = _(
            "The first deadline was {moment}. Answers are still taken; they are marked as late and counted.",
            moment=_GAP,
        )
        soon = _("Please answer by {moment}.", moment=_GAP)
        timed(late if consultations.is_late(consultation, now) else soon, consultation.deadline_at)
    if (last := closing(consultation)) is not None:
        timed(_("The consultation closes on {moment}.", moment=_GAP), last)
    if rules.corrections_until is not None:
        timed(_("What you sent can be corrected until {moment}.", moment=_GAP), rules.corrections_until)
    if rules.identification is Identification.PSEUDONYMOUS:
        lines.append(Sentence(before=_("The name of your organisation is kept apart from your answers.")))
    if rules.anonymous:
        told = _(
            "Answers are anonymous: nothing joins an answer with an invitation, and only the day is kept, not the time."
        )
        lines.append(Sentence(before=told))
    return tuple(lines)


def closes(
    consultation: ConsultationRecord, now: datetime, words: Words, zone: tzinfo | None = None
) -> Sentence | None:
    """The sentence about the end, for every page on which somebody answers; None without an end."""
    last = closing(consultation)
    if last is None:
        return None
    sentence = words.translate("The consultation closes on {moment}.", moment=_GAP)
    return _timed(sentence, last, policies_of(consultation).clock, now, words, zone)


def _timed(sentence: str, at: datetime, clock: tzinfo, now: datetime, words: Words, zone: tzinfo | None) -> Sentence:
    before, _gap, after = sentence.partition(_GAP)
    shown = words.moment(at, clock)
    there = words.moment(at, zone) if zone is not None and at.astimezone(zone).utcoffset() != _offset(at, clock) else ""
    return Sentence(
        before=before, at=at, shown=shown, own=there, after=after, left=words.until(at - now) if at > now else ""
    )


def _offset(at: datetime, clock: tzinfo) -> timedelta | None:
    return at.astimezone(clock).utcoffset()
