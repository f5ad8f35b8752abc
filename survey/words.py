"""The English words of the errors and issues that this floor raises; the message ids of the gettext catalogues.

Whoever shows one looks its code up here, has it translated, and fills in the parameters.
"""

from collections.abc import Mapping

from data.errors import SoundingsError
from data.words import MESSAGES as DATA_MESSAGES
from data.words import in_english as data_in_english
from survey.logic.form_state import Issue

ANSWER_WORDS: Mapping[str, str] = {
    "answer.required": "Please answer this question.",
    "answer.constraint": "This answer is not valid.",
    "answer.not_a_choice": "Please choose one of the answers offered.",
    "answer.exclusive": "“{choice}” cannot be chosen together with other answers.",
    "answer.duplicate_choice": "Please choose each answer only once.",
    "answer.not_a_number": "Please enter a number.",
    "answer.ambiguous_number": "This number can be read in two ways. Please write {whole} or {decimal}.",
    "answer.ambiguous_whole": "This number can be read in two ways. Please write it without a sign between: {whole}.",
    "answer.not_an_integer": "Please enter a whole number.",
    "answer.below_minimum": "Please enter {minimum} or more.",
    "answer.above_maximum": "Please enter {maximum} or less.",
    "answer.off_step": "Please enter a value in steps of {step} from {start}.",
    "answer.not_a_date": "Please enter a date.",
    "answer.not_a_time": "Please enter a time, such as 14:30.",
    "answer.not_a_place": "Please enter latitude and longitude, such as 48.2082 16.3738, with ; between places.",
    "answer.too_long": "Please keep your answer within {limit} characters.",
    "answer.not_text": "This answer cannot be read.",
    "answer.too_many_instances": "Please enter at most {limit}.",
    "answer.same_place": "Please give each place only once.",
    "answer.not_askable": "There is no such question to answer.",
    "answer.read_only": "This answer cannot be changed.",
    "file.empty": "This file is empty.",
    "file.not_an_image": (
        "This is no picture that can be taken. Please send a JPEG, PNG, GIF, WebP, HEIC, AVIF, TIFF or BMP."
    ),
    "file.not_audio": "This is no sound that can be taken. Please send an MP3, M4A, WAV, OGG, FLAC, AAC, AMR or WMA.",
    "file.not_taken": (
        "A file of this kind is not taken. Please send a PDF, a document of Word, Excel, PowerPoint or LibreOffice "
        "without macros and password, a text, CSV or RTF, a picture, a sound or a film. Send each file of an archive "
        "by itself."
    ),
    "file.not_video": (
        "This is no film that can be taken. Please send an MP4, MOV, 3GP, WebM, MKV, AVI, MPEG, OGV or WMV."
    ),
    "file.too_large": "This file is too large. Please send a file of at most {limit_mb} MB.",
}

MESSAGES: Mapping[str, str] = {
    **DATA_MESSAGES,
    **ANSWER_WORDS,
    "answers.unreadable": "The file {file} is not a JSON object or list of pairs.",
    "access.denied": "Your account may not do this.",
    "access.part_only": "Your role here is for a part of the consultation; this concerns all of it.",
    "access.sign_in": "Please sign in.",
    "grant.own": "Nobody changes their own role; ask somebody else.",
    "grant.unknown": "{login} has no role in {slug}.",
    "grant.region": "There is no region {codes} here. There are: {known}.",
    "grant.no_region": "This consultation asks for no region, so no role can be for some regions only.",
    "grant.language": "The questionnaire has no language {tags}. It has: {known}.",
    "grant.sees_all": "{login} sees more by the role they have everywhere. Make them a member first, or grant all.",
    "block.no_out": "Say with --out which file is to be written.",
    "block.unknown": "The library has no block {name}.",
    "deletion.asked": "It was already asked that this response be deleted.",
    "deletion.own": "You asked for this yourself. Somebody else has to agree.",
    "deletion.own_wait": "You asked for this yourself. As nobody else may agree, you can do so from {at} on.",
    "deletion.reason": "Say why, in 1 to {limit} characters.",
    "colleague.name": "A name has 1 to {limit} characters.",
    "colleague.role": "{role} is no part that a colleague can have.",
    "colleague.too_many": "At most {most} colleagues can have a code at the same time. Take one away first.",
    "colleague.unknown": "This colleague has no code any more.",
    "corrections.over": "What was sent cannot be changed any more: the time for corrections is over.",
    "consultation.closed": "This consultation is closed. It takes no more answers.",
    "consultation.dates": "The dates must follow each other: opening, first deadline, closing.",
    "consultation.not_open_yet": "This consultation is not open yet.",
    "consultation.slug": "{slug} cannot be a short name. Use small letters, digits and hyphens.",
    "consultation.title": "A consultation needs a title.",
    "erasure.not_sure": "Erasing {reference} cannot be undone. Run it again with --yes.",
    "error.unknown": "Something went wrong ({code}).",
    "expression.syntax": "An expression cannot be read.",
    "date.unreadable": "{text} is not a date. Write it as 2026-10-31 or 2026-10-31T23:59.",
    "file.unreadable": "The file {path} cannot be read: {reason}.",
    "outcome.date": "{text} is not a date. Write it as 2027-01-31.",
    "outcome.link": "{text} is not a link. Write it with https:// at the beginning.",
    "outcome.too_long": "A text has at most {limit} characters.",
    "policies.anonymous_asks": "An anonymous consultation cannot ask who answers. Take out first: {names}.",
    "policies.anonymous_one": "Anonymous answers cannot be counted by organisation.",
    "policies.answers_exist": "Somebody began to answer already, so this cannot be changed any more.",
    "policies.choice": "{text} is not possible here. Possible are: {choices}.",
    "policies.grace_days": "Say how many days of grace there are.",
    "policies.invalid": "{count} rules cannot be as they were written. Nothing was changed.",
    "policies.months": "Data are kept for one month at least. Leave it empty to keep them.",
    "policies.no_choices": "The question {question} has no list of answers, so its groups cannot be limited.",
    "policies.no_organisation": "No question asks for the name of the organisation, so a second response cannot be "
    "noticed. Say under Parts of questions which one does.",
    "policies.no_role": "No question has this part. Possible are: {roles}.",
    "policies.threshold": "The smallest count must be {least} or more; the public never sees smaller counts "
    "than a meeting.",
    "policies.number": "{text} is not a whole number from 0 to {most}.",
    "policies.pair": "{text} is no rule. Write name=value.",
    "policies.quota": "{text} cannot be read. Write code=number, such as s=20, and *=50 for all others.",
    "policies.quota_codes": "{question} has no answer {codes}. It has: {known}.",
    "policies.quota_role": "Limits need both: which question is counted, and how many replies are taken.",
    "policies.quota_twice": "{text} is limited twice.",
    "policies.unknown": "There is no such rule. There are: {names}.",
    "roles.answers_exist": "Somebody began to answer already, so the question for {part} cannot be changed any more.",
    "roles.no_question": "No question {question} can be chosen for {part}. It must be asked once, outside of repeats.",
    "roles.unknown": "There is no part {part}. There are: {parts}.",
    "policies.visible_before": "What was sent must stay visible until the consultation closes and corrections end.",
    "policies.zone": "{text} is not a time zone. Write it as Europe/Vienna or UTC.",
    "person.administrator_exists": "There is an administrator already. Sign in and invite others under People.",
    "file.not_asked": "No file is asked for here.",
    "frame.empty": "The file has no rows.",
    "frame.nameless": "Row {row} names no organisation.",
    "frame.no_organisation": "Say which column names the organisation.",
    "frame.unknown_heading": "The file has no column {heading} for {column}.",
    "import.cells": "The row has more or fewer cells than the header.",
    "import.date": "The date cannot be read. Write it as 2026-10-31T14:30:00+00:00.",
    "import.empty": "The file has no rows.",
    "import.file": "A file cannot be imported from a table.",
    "import.group_full": "Enough replies came from {group}: at most {limit} are taken.",
    "import.invalid": "The file has {count} faults; nothing was imported.",
    "import.language": "The questionnaire has no language {tag}.",
    "import.organisation_sent": "A response of {organisation} is there already, and one is taken from each.",
    "import.stopped": (
        "{added} responses were added. Others were sent meanwhile, so that {count} rows do not fit any more."
    ),
    "import.unreadable": "The file cannot be read as CSV in UTF-8: {reason}.",
    "invitation.anonymous": "In an anonymous consultation nothing joins an answer with an organisation.",
    "invitation.not_listed": "Nobody was written to: the contact list does not have {count} of the organisations, "
    "such as {names}.",
    "invitation.unknown": "This organisation is not on the contact list any more.",
    "invitation.unknown_link": "This link is not valid any more. Ask the secretariat for a new one.",
    "link.invalid": "This link is not valid any more. Ask for a new one.",
    "bounces.too_large": "The file is too large. It may have {limit_mb} MB.",
    "bounces.unreadable": "The file holds no mail. Save the returned mails as .mbox or .eml.",
    "mail.just_sent": "The link was sent a moment ago. Please wait {minutes} minutes.",
    "mail.no_address": "There is no e-mail address to send it to.",
    "mail.no_server": "No mail server is set. Make a table for mail merge, or ask the administrator.",
    "mail.unreachable": "The mail server does not answer: {reason}. What waits is sent when you go on.",
    "link.only_here": "Links would lead to {address}, which only this computer knows. The administrator sets "
    "SOUNDINGS_PUBLIC_URL first.",
    "mailing.closed": "The consultation is closed; nobody is invited or reminded any more.",
    "mailing.fictional": "This consultation is fictional; it sends no mail.",
    "mailing.nobody": "There is nobody to write to.",
    "mailing.none_sent": "No mail was sent to this organisation.",
    "mailing.running": "Mails of this consultation are being sent already.",
    "template.empty": "A mail needs a subject and a text.",
    "template.no_link": "The text needs {{link}} or {{code}}, else nobody can answer.",
    "template.placeholder": "{names} is not known. You can write {known}.",
    "template.too_long": "A subject has at most {subject} characters, a text {body}.",
    "oidc.invalid": "The answer of the identity provider cannot be trusted ({reason}). Please begin again.",
    "oidc.no_name": "The identity provider does not say who you are ({claim}).",
    "oidc.none": "There is no identity provider here.",
    "oidc.refused": "The identity provider did not let you in.",
    "oidc.state": "This sign-in took too long, or began in another browser. Please begin again.",
    "oidc.too_weak": "The identity provider does not say that you signed in as strongly as is required here ({claim}). "
    "Begin again, and sign in there with your second factor.",
    "oidc.unknown": "{name} has no account here. Ask an administrator.",
    "oidc.unreachable": "{name} does not answer. Please try again later.",
    "oidc.unverified": "The identity provider has not verified the address {name}.",
    "text.nul": "A text has a sign in it (NUL) that no text can have. Take it out.",
    "password.common": "This password is one of the first that others try. Choose another one.",
    "password.is_name": "A password must not contain your name or your sign-in name.",
    "password.is_product": "A password must not contain the word {name}.",
    "password.length": "A password needs {minimum} to {maximum} characters.",
    "password.wrong": "The present password is wrong.",
    "person.login": "A sign-in name has 1 to 200 characters and no spaces.",
    "person.own_account": "You cannot stop your own account.",
    "person.own_role": "You cannot change your own role.",
    "project.name": "A name has 1 to {limit} characters.",
    "project.nothing_to_undo": "There is nothing to undo.",
    "project.question_name": "{name} cannot be the name: it is taken, or is not made of letters, digits and _.",
    "project.unknown": "This questionnaire is not in preparation any more.",
    "questionnaire.cycle": "Questions depend on each other in a circle: {names}.",
    "questionnaire.invalid": "The questionnaire has {count} errors. Check it first; each is listed with its remedy.",
    "rename.incompatible": "No answer of {old} can be an answer of {new}.",
    "rename.two_to_one": "{old} cannot become {new}: something else has that name and keeps it, or takes it too.",
    "rename.unknown_choice_new": "The new version has no answer {new} in this list.",
    "rename.unknown_choice_old": "The present version has no answer {old} in this list.",
    "rename.unknown_list": "The present version has no list or question with choices of this name.",
    "rename.unknown_new": "The new version has no question or group {new}.",
    "rename.unknown_old": "The present version has no question or group {old}.",
    "rename.unreadable": "{text} is no rename. Write old=new, or list:old=new for an answer.",
    "renames.invalid": "{count} renames are not possible. Each is listed with its reason.",
    "renames.nothing_before": "There is no version before this one, so nothing can be renamed.",
    "request.form_expired": "This form is out of date, or your browser takes no cookies. Nothing was changed. "
    "Please go back, load the page again and try once more.",
    "request.too_large": "What was sent is too large. Nothing was changed.",
    "request.foreign": "This form was sent from another site and was refused.",
    "response.mistyped_code": "There is a slip in this personal code. Check each letter and digit.",
    "request.too_many_guesses": "Too many wrong personal codes came from this internet connection. Please try again in "
    "{minutes} min, or from another connection. Nothing that was saved is lost.",
    "request.too_many": "Too many requests came from here. Please wait some minutes; nothing that was saved is lost.",
    "request.too_slow": "The connection was too slow. Please go back and try again; nothing that was saved is lost.",
    "request.unreadable": "What was sent cannot be read. Please go back and try again.",
    "response.expired_code": "This personal code has expired.",
    "response.erased": "The response {reference} was erased. Nothing is kept of it but this reference.",
    "response.erased_already": "The response {reference} was erased before. Nothing was changed.",
    "response.group_full": "Enough replies came from {group}: at most {limit} are taken. "
    "Please write to the secretariat.",
    "response.incomplete": "{count} answers need your attention before you can send the response.",
    "response.no_consent": "Without your agreement no answer can be sent.",
    "response.not_begun": "No response belongs to this personal link: none was begun yet, or it was erased.",
    "response.not_sent": "This response was not sent yet.",
    "response.needs_approval": "Somebody who may approve must send this response, with a code of their own.",
    "response.not_yours": "Only whoever began this response can do this.",
    "response.not_visible": "What was sent is not shown any more. Your response is kept.",
    "response.withdrawn": "This response was withdrawn. Nothing was changed.",
    "response.organisation_sent": "A response of your organisation was sent already, and one is taken from each. "
    "Ask your colleagues for its personal code to change it, or write to the secretariat.",
    "response.submitted": "This response was sent already. Nothing was changed.",
    "response.deleted": (
        "The secretariat deleted this response ({reference}) on {on}. It counts nowhere. If this is a mistake, please "
        "write to the secretariat: for some weeks it can be restored."
    ),
    "response.erased_from_trash": "The secretariat deleted this response. Its answers and files were erased on {on}.",
    "response.unknown_code": "No response belongs to this personal code. Check each letter and digit.",
    "second_factor.exists": "The second factor is set up already.",
    "second_factor.none": "This account has no second factor.",
    "second_factor.own": "You cannot reset your own second factor here. Remove it under My account.",
    "second_factor.required": "Nobody may be without a second factor here.",
    "second_factor.wrong": "This code is wrong, or was used before. Please wait for the next one.",
    "sign_in.begin_again": "This sign-in took too long. Please begin again.",
    "sign_in.demo_over": "The demo accounts are closed, because this database holds a real consultation.",
    "sign_in.locked": "Too many attempts. Please wait some minutes.",
    "sign_in.provider_only": "Passwords open nothing here. Please sign in with the identity provider.",
    "sign_in.wrong": "The name or the password is wrong.",
    "response.version_changed": "The questionnaire was changed meanwhile. Look over your answers and send them again.",
    "version.breaks_answers": "{count} changes break answers that are there. Nothing was published.",
    "version.published_meanwhile": "Version {version} was published meanwhile. Look at the difference again.",
    "file.unwritable": "The file {path} cannot be written: {reason}.",
    "translation.direction": "The text holds a hidden sign that turns the direction of writing and is not closed.",
    "translation.default_language": "The questionnaire is written in {tag}; nothing can be translated into it.",
    "translation.duplicate": "This text stands in the file more than once.",
    "translation.emptied": "The translation was emptied; the former one stays.",
    "translation.foreign_placeholder": "The translation holds {names}, which the source does not.",
    "translation.formula": "The cell holds a formula. Type the words.",
    "translation.language": "The file is a translation into {found}, not into {wanted}.",
    "translation.memory": "The record of translations cannot be read.",
    "translation.no_language": "The questionnaire has no language {tag}.",
    "translation.placeholder": "The translation lacks {names}. Write it as it stands in the source.",
    "translation.source_changed": "The source text has changed since the file was made.",
    "translation.source_language": "The file was translated from {found}; the questionnaire is written in {wanted}.",
    "translation.tag": "{tag} is not the code of a language. Write it as fr or pt-BR.",
    "translation.too_long": "The translation has more than {limit} characters.",
    "translation.unknown_id": "The questionnaire has no such text.",
    "translation.unreadable": "The file of translations cannot be read: {reason}.",
    "translation.wrong_script": "{count} of {total} new texts are not in the script of {tag}. Nothing was taken in.",
    "workbook.format": "{path}: write .xlsx, .md, .zip, or a folder for CSV files.",
    "workbook.no_survey_sheet": "The workbook has no sheet named survey.",
    "workbook.too_large": "The workbook is too large.",
    "workbook.unreadable": "The workbook cannot be read.",
}


def in_english(issue: Issue) -> str:
    """The issue in English, for the console; the form author's own message has precedence."""
    own = issue.message.in_language("en")
    return own or ANSWER_WORDS.get(issue.code, issue.code).format(**issue.params)


def filled(code: str, params: Mapping[str, object]) -> str:
    """The English words of a code with its parameters; the bare code when nobody wrote words for it."""
    return MESSAGES.get(code, code).format(**params)


def error_in_english(error: SoundingsError) -> str:
    """An error in English, for the console."""
    return data_in_english(error, MESSAGES)
