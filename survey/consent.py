"""What a respondent was asked to agree to, word for word."""

import hashlib

from data.records import ConsultationRecord
from data.store import Transaction
from survey.questionnaire import Kind, Questionnaire


def consent_text(questionnaire: Questionnaire, name: str, language: str) -> str:
    """The notes that stand before the consent question in its section, the question, its hint and its answers."""
    fallback = questionnaire.default_language
    section = next(each for each in questionnaire.sections() if name in {q.name for q in each.questions()})
    lines: list[str] = []
    for question in section.questions():
        if question.name == name:
            lines += [question.label.in_language(language, fallback), question.hint.in_language(language, fallback)]
            lines += [f"- {each.label.in_language(language, fallback)}" for each in questionnaire.choices(question)]
            break
        if question.kind is Kind.NOTE:
            lines.append(question.label.in_language(language, fallback))
    return "\n".join(line for line in lines if line)


def text_shown(questionnaire: Questionnaire, name: str, language: str) -> str:
    """As `consent_text`; "" where the questionnaire does not ask for consent."""
    asked = name in {question.name for question in questionnaire.questions()}
    return consent_text(questionnaire, name, language) if asked else ""


def keep_consent(
    kept: Transaction, consultation: ConsultationRecord, questionnaire: Questionnaire, *, version: int, language: str
) -> int | None:
    """The key of the text that was shown in this version and language; None where consent is not asked.

    consultation  with the roles that questions have in that version
    """
    name = consultation.roles.get("consent", "")
    if all(question.name != name for question in questionnaire.questions()):
        return None
    known = kept.kept_consent(consultation.id, version, language)
    if known is not None:
        return known
    text = consent_text(questionnaire, name, language)
    return kept.keep_consent(
        consultation_id=consultation.id,
        version_number=version,
        language=language,
        sha256=hashlib.sha256(text.encode()).hexdigest(),
        text=text,
    )
