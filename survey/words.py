"""English words for the codes of answer issues; the message ids of the gettext catalogues.

Whoever shows an issue looks its code up here, has it translated, and fills in the parameters with str.format.
"""

from survey.logic.form_state import Issue

ANSWER_WORDS: dict[str, str] = {
    "answer.required": "Please answer this question.",
    "answer.constraint": "This answer is not valid.",
    "answer.not_a_choice": "Please choose one of the answers offered.",
    "answer.duplicate_choice": "Please choose each answer only once.",
    "answer.not_a_number": "Please enter a number.",
    "answer.not_an_integer": "Please enter a whole number.",
    "answer.below_minimum": "Please enter {minimum} or more.",
    "answer.above_maximum": "Please enter {maximum} or less.",
    "answer.off_step": "Please enter a value in steps of {step} from {start}.",
    "answer.not_a_date": "Please enter a date.",
    "answer.not_a_time": "Please enter a time, such as 14:30.",
    "answer.too_long": "Please keep your answer within {limit} characters.",
    "answer.not_text": "This answer cannot be read.",
    "answer.not_askable": "There is no such question to answer.",
}


def in_english(issue: Issue) -> str:
    """The issue in English, for the console; the form author's own message has precedence."""
    own = issue.message.in_language("en")
    return own or ANSWER_WORDS.get(issue.code, issue.code).format(**issue.params)
