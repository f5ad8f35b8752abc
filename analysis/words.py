"""The English words of the errors that this floor raises; translations use them as keys."""

from collections.abc import Mapping

from survey.words import MESSAGES as SURVEY_MESSAGES

MESSAGES: Mapping[str, str] = {
    **SURVEY_MESSAGES,
    "card.identifying": "Names of organisations are not shown here.",
    "card.unknown_question": "There is no question {question}.",
    "card.unsupported_kind": "There is no summary for this kind of question.",
    "by.unknown_variable": "There is no question {variable} to compare by.",
    "counting.no_duckdb": "Answers are to be counted by DuckDB, which is not installed here.",
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
    "stats.too_many_columns": "{columns} columns are too many to compare.",
    "agreement.no_file": "The file {path} cannot be read: {reason}.",
    "agreement.one_coder": "The file needs a column that names the units, and one for each of two coders or more.",
    "agreement.unreadable": "Line {line} of the file cannot be read as codes.",
    "estimate.no_choices": "The question {question} has no choices to estimate.",
    "stats.empty_base": "Nobody is left to compute this from.",
    "stats.negative_ratio": "Codes below zero have no ratios.",
    "stats.no_variation": "All answers are the same: there is nothing to measure.",
    "stats.not_finite": "A value is not a finite number.",
    "trend.internal_only": "Organisations that answered both times are compared in internal figures only: "
    "they differ from all that answered by a few.",
    "trend.nobody_matched": "No organisation answered this question both times.",
    "trend.not_comparable": "The question {question} is not asked in both with common choices.",
    "weights.internal_only": "Weighted figures are internal: hidden counts could be worked out from them. "
    "A meeting and the public see unweighted ones.",
    "weights.no_frame": "There is no contact list to weight by: it is empty, or names neither region nor type.",
    "weights.no_region": "No question asks for the region, or nobody answered it.",
    "weights.no_replies": "There are no replies to weight yet.",
    "variable.not_categorical": "The question {variable} cannot be used to compare groups.",
}
