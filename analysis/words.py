"""The English words of the errors that this floor raises; translations use them as keys."""

from collections.abc import Mapping

from survey.words import MESSAGES as SURVEY_MESSAGES

MESSAGES: Mapping[str, str] = {
    **SURVEY_MESSAGES,
    "card.identifying": "Names of organisations are not shown here.",
    "card.unknown_question": "There is no question {question}.",
    "card.unsupported_kind": "There is no summary for this kind of question.",
    "by.unknown_variable": "There is no question {variable} to compare by.",
    "codebook.unknown_role_question": "The questionnaire has no question {question}.",
    "dataset.not_a_number": "An answer to {question} is not a number.",
    "filter.unknown_code": "The filter {variable} has no value {choice}.",
    "filter.unreadable": "{text} is not a filter. Write it as NAME=VALUE.",
    "ledger.busy": "Others are taking figures away at this moment. Try again.",
    "report.unwritable": "The file {path} cannot be written: {reason}.",
    "filter.unknown_variable": "There is no filter {variable}.",
    "finding.empty": "A finding needs a statement.",
    "finding.too_long": "Please keep the statement within {limit} characters.",
    "finding.unknown_link": "A linked finding does not exist any more.",
    "format.no_chart": "This question has no chart; its answers are words.",
    "report.empty": "There is nothing to report yet.",
    "frame.unknown_repeat": "There is no repeat {repeat}.",
    "format.unknown": "There is no format {format}.",
    "quotes.not_a_text": "This question was not answered in words.",
    "recommendation.empty": "A recommendation needs a text.",
    "recommendation.level": "Please choose a level.",
    "recommendation.too_long": "Please keep the recommendation within {limit} characters.",
    "recommendation.unknown_answer": "A linked answer does not exist any more.",
    "recommendation.unknown_challenge": "Please choose one of the challenges.",
    "variable.not_categorical": "The question {variable} cannot be used to compare groups.",
}
