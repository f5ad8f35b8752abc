"""What both doors show of a question: its words, its messages, the shape of its list, and what one types.

The Streamlit page and the light form draw with it, so that a respondent who changes doors reads the same.
"""

from collections.abc import Sequence
from datetime import datetime, tzinfo

from data.records import ConsultationRecord, KeyRole, SectionChange
from survey import consultations
from survey.logic.form_state import FormState, Issue, QuestionState
from survey.logic.instances import name_of
from survey.logic.values import to_text
from survey.policies import Identification, closing, policies_of
from survey.questionnaire import Answer, Choice, Group, Kind, Question
from survey.responses import AnsweredElsewhere, OpenResponse
from survey.translator import Words
from survey.words import ANSWER_WORDS

RADIO_LIMIT = 16
"""Longest list that is shown open; a longer one becomes a menu."""
BOXES_LIMIT = 2 * RADIO_LIMIT
"""Longest list of which several are chosen by boxes to tick; a longer one becomes a menu."""
RANGE_LIMIT = 101
"""Most values that a range offers."""
_MENU = frozenset({"minimal", "autocomplete", "search"})
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


def label(question: Question, shown: QuestionState, state: FormState, words: Words) -> str:
    """The question's words, with the mark of a required one."""
    text = state.words(question.label, prefix(shown.name)) or question.name
    return f"{text} ({words.translate('required')})" if shown.required else text


def choice_names(choices: Sequence[Choice], state: FormState) -> dict[str, str]:
    """Code -> words of each choice."""
    return {choice.name: state.words(choice.label) or choice.name for choice in choices}


def issue_words(issue: Issue, state: FormState, words: Words) -> str:
    """What to tell the respondent: the form author's own message, else ours."""
    if issue.message:
        return state.words(issue.message)
    return words.translate(ANSWER_WORDS.get(issue.code, ANSWER_WORDS["answer.constraint"]), **issue.params)


def attention(count: int, words: Words) -> str:
    """How many answers need attention."""
    return words.plural("{count} answer needs your attention.", "{count} answers need your attention.", count)


def changed_words(change: SectionChange | None, words: Words, zone: tzinfo) -> str:
    """Who changed a section last, and when; "" while only one code was ever given."""
    if change is None:
        return ""
    name = change.changed_by or words.translate("whoever began this response")
    return words.translate("Changed by {name}, {moment}", name=name, moment=words.moment(change.changed_at, zone))


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


def typed(question: Question, value: Answer | None) -> str:
    """The answer as it is typed; a number is never cut or written with an exponent."""
    if value is None:
        return ""
    if isinstance(value, float):
        return to_text(value)
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


def until_when(consultation: ConsultationRecord, now: datetime, words: Words) -> tuple[str, ...]:
    """Sentences about the deadline, the closing time, corrections, and what is known of who answers."""
    _ = words.translate
    rules = policies_of(consultation)
    lines = []
    if consultation.deadline_at is not None:
        deadline = words.moment(consultation.deadline_at, rules.clock)
        lines.append(
            _(
                "The first deadline was {moment}. Answers are still taken; they are marked as late and counted.",
                moment=deadline,
            )
            if consultations.is_late(consultation, now)
            else _("Please answer until {moment}.", moment=deadline)
        )
    if (last := closing(consultation)) is not None:
        lines.append(_("The consultation closes on {moment}.", moment=words.moment(last, rules.clock)))
    if rules.corrections_until is not None:
        until = words.moment(rules.corrections_until, rules.clock)
        lines.append(_("What you sent can be corrected until {moment}.", moment=until))
    if rules.identification is Identification.PSEUDONYMOUS:
        lines.append(_("The name of your organisation is kept apart from your answers."))
    if rules.anonymous:
        lines.append(
            _(
                "Answers are anonymous: nothing joins an answer with an invitation, and only the day is kept, "
                "not the time."
            )
        )
    return tuple(lines)
