"""The command line of the survey floor: `python -m survey COMMAND`.

A command is one function from parsed arguments to an exit code (0 good, 1 something is wrong with what was given,
2 it could not be used or read) and one entry in COMMANDS. Results go to standard output, errors to standard error.
"""

import argparse
import io
import json
import sys
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from pathlib import Path

from data.console import to_the_end
from data.errors import InvalidInput, SoundingsError
from survey import (
    access_commands,
    commands,
    evaluation,
    form_commands,
    invitation_commands,
    library_commands,
    privacy_commands,
    trash_commands,
)
from survey.imported_rows import ImportIssue
from survey.logic.form_state import FormState, Issue, open_form
from survey.logic.typed_numbers import PROGRAMS
from survey.policies import PolicyIssue
from survey.questionnaire import UNASKED_KINDS, Questionnaire
from survey.versions.changes import change_line
from survey.versions.renames import RenameIssue
from survey.words import ANSWER_WORDS, error_in_english, filled, in_english
from survey.xlsform.checker import check, is_usable
from survey.xlsform.issues import CheckIssue
from survey.xlsform.reader import read, read_questionnaire
from survey.xlsform.refusals import REFUSALS, refusal
from survey.xlsform.sheets import read_sheets


@dataclass(frozen=True, slots=True, kw_only=True)
class Command:
    """A subcommand: what it does in one line, how it declares its arguments, and what runs."""

    help: str
    declare: Callable[[argparse.ArgumentParser], None]
    run: Callable[[argparse.Namespace], int]


# check


def _declare_check(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "forms", nargs="+", type=Path, metavar="FORM", help=".xlsx, .xls, .md or a folder of .csv files"
    )
    parser.add_argument(
        "--against", type=Path, metavar="OLD", help="also tell which answers to the version OLD would be lost or differ"
    )
    parser.add_argument("--json", action="store_true", help="print one JSON document")


def _check(arguments: argparse.Namespace) -> int:
    """Lists every issue of each form; 1 when one is an error, 2 when a file cannot be read."""
    exit_code = 0
    documents: list[dict[str, object]] = []
    try:
        old = read_questionnaire(read_sheets(arguments.against)) if arguments.against else None
    except InvalidInput as error:
        _complain(f"{arguments.against}: {_explained(error)}")
        if arguments.json:
            _print_json(_refused(arguments.against, error))
        return 2
    for path in arguments.forms:
        try:
            issues = check(read_sheets(path), against=old)
        except InvalidInput as error:
            _complain(f"{path}: {_explained(error)}")
            documents.append(_refused(path, error))
            exit_code = 2
            continue
        exit_code = max(exit_code, 0 if is_usable(issues) else 1)
        documents.append({"file": str(path), "issues": [asdict(issue) for issue in issues]})
        if not arguments.json:
            print(_listed(path, issues))
    if arguments.json:
        _print_json(documents[0] if len(documents) == 1 else documents)
    return exit_code


def _refused(path: Path, error: InvalidInput) -> dict[str, object]:
    """A file that cannot be used, as a document of its issues."""
    found = error.params.get("issues")
    issues = found if isinstance(found, tuple) else (refusal(error),)
    return {"file": str(path), "issues": [asdict(issue) for issue in issues], "error": error.code}


def _listed(path: Path, issues: Sequence[CheckIssue]) -> str:
    counts = {
        severity: sum(issue.severity == severity for issue in issues) for severity in ("error", "warning", "info")
    }
    lines = [f"{path}: {counts['error']} errors, {counts['warning']} warnings, {counts['info']} notes"]
    for issue in issues:
        place = " ".join(part for part in (issue.sheet, f"row {issue.row}" if issue.row else "", issue.column) if part)
        lines.append(f"  {issue.severity:<7} {place}: {issue.message} {issue.fix} [{issue.code}]")
    return "\n".join(lines)


# preview


def _declare_preview(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("form", type=Path, metavar="FORM")
    parser.add_argument("--answers", type=Path, required=True, help="JSON: an object, or a list of [name, value] pairs")
    parser.add_argument("--language", default="", help="tag of the language of labels and messages")
    parser.add_argument("--json", action="store_true", help="print one JSON document")


def _preview(arguments: argparse.Namespace) -> int:
    """Prints what becomes of each question once the answers are given, in their order; 1 when one names no question."""
    try:
        questionnaire = _readable(arguments.form)
        now = datetime.now(UTC).astimezone()
        language = arguments.language or questionnaire.default_language
        state = open_form(questionnaire, language=language, today=now.date(), now=now)
        pairs = _answers(arguments.answers)
    except InvalidInput as error:
        _complain(f"{arguments.form}: {_explained(error)}")
        return 2
    refused = _give(state, pairs)
    report = [
        _shown(state, key, language, refused.get(key, ()))
        for key, question in state.asked(questionnaire.children)
        if question.kind not in UNASKED_KINDS or question.calculation
    ]
    if arguments.json:
        _print_json({"file": str(arguments.form), "language": language, "questions": report})
    else:
        for entry in report:
            print(_line(entry))
    unknown = [name for name, issues in refused.items() if issues[0].code == "answer.not_askable"]
    for name in unknown:
        _complain(f"{name}: {ANSWER_WORDS['answer.not_askable']}")
    return 1 if unknown else 0


def _readable(path: Path) -> Questionnaire:
    """The questionnaire of a file, also without the files it names: what comes from them is empty, and it is said."""
    questionnaire, issues = read(read_sheets(path))
    errors = tuple(issue for issue in issues if issue.severity == "error" and issue.code != "file.missing")
    if errors:
        raise InvalidInput("questionnaire.invalid", count=len(errors), issues=errors)
    for issue in issues:
        if issue.code == "file.missing":
            _complain(f"row {issue.row}: {issue.message}")
    return questionnaire


def _answers(path: Path) -> list[tuple[str, object]]:
    try:
        given = json.loads(path.read_text(encoding="utf-8-sig"))
    except (OSError, ValueError, RecursionError) as error:
        raise InvalidInput("answers.unreadable", file=str(path)) from error
    if isinstance(given, dict):
        return [(str(name), value) for name, value in given.items()]
    if isinstance(given, list) and all(isinstance(pair, list) and len(pair) == 2 for pair in given):
        return [(str(name), value) for name, value in given]
    raise InvalidInput("answers.unreadable", file=str(path))


def _give(state: FormState, pairs: Sequence[tuple[str, object]]) -> dict[str, tuple[Issue, ...]]:
    """Gives the answers in order; returns those that could not be taken in at all, by question."""
    refused: dict[str, tuple[Issue, ...]] = {}
    for name, value in _flat(pairs):
        try:
            state.make_room(name)
            state.set(name, value, written_in=PROGRAMS)
            refused.pop(name, None)
        except InvalidInput as error:
            params = {key: each for key, each in error.params.items() if key != "question"}
            refused[name] = (Issue(code=error.code, params=params),)
    return refused


def _flat(pairs: Sequence[tuple[str, object]], prefix: str = "") -> Iterator[tuple[str, object]]:
    """The answers by key; a list of objects is a repeat with an instance for each."""
    for name, value in pairs:
        if isinstance(value, list) and value and all(isinstance(each, dict) for each in value):
            for number, each in enumerate(value, start=1):
                yield from _flat(list(each.items()), f"{prefix}{name}[{number}]/")
        else:
            yield prefix + name, value


def _shown(state: FormState, name: str, language: str, refused: tuple[Issue, ...]) -> dict[str, object]:
    question = state.state(name)
    issues = (*refused, *question.issues)
    return {
        "name": name,
        "relevant": question.relevant,
        "required": question.required,
        "value": question.value,
        "valid": not issues,
        "messages": [issue.message.in_language(language) or in_english(issue) for issue in issues],
        "codes": [issue.code for issue in issues],
        "choices": [choice.name for choice in question.choices],
    }


def _line(entry: Mapping[str, object]) -> str:
    marks = [word for word in ("relevant", "required") if entry[word]]
    messages = entry["messages"]
    complaint = f"  ! {' '.join(map(str, messages))}" if isinstance(messages, list) and messages else ""
    return f"{entry['name']:<24} {', '.join(marks) or 'not asked':<20} {entry['value'] or ''}{complaint}"


def _explained(error: InvalidInput) -> str:
    issues = error.params.get("issues")
    if isinstance(issues, tuple):
        return "\n  ".join(["cannot be used", *(f"row {issue.row}: {issue.message} {issue.fix}" for issue in issues)])
    return _in_words(error)


def _in_words(error: SoundingsError) -> str:
    """The error in English; of a file that cannot be read, the reason and what to do as well."""
    if isinstance(error, InvalidInput) and error.code in REFUSALS:
        issue = refusal(error)
        return f"{issue.message} {issue.fix} [{issue.code}]"
    return error_in_english(error)


def _print_json(document: object) -> None:
    print(json.dumps(document, ensure_ascii=False, indent=2))


def _complain(message: str) -> None:
    print(message, file=sys.stderr)


COMMANDS: dict[str, Command] = {
    "check": Command(help="list every issue of a questionnaire's workbook", declare=_declare_check, run=_check),
    "preview": Command(help="fill a questionnaire in and see what is asked", declare=_declare_preview, run=_preview),
    "evaluate": Command(
        help="read expressions from standard input and print the value and type of each",
        declare=evaluation.declare,
        run=evaluation.run,
    ),
    "convert": Command(
        help="write a questionnaire as a workbook, CSV files or Markdown",
        declare=form_commands.declare_convert,
        run=form_commands.convert,
    ),
    "translations": Command(
        help="send a questionnaire's texts to translators and take them back",
        declare=form_commands.declare_translations,
        run=form_commands.translations,
    ),
    "library": Command(
        help="list the blocks of questions, or put one into a questionnaire",
        declare=library_commands.declare,
        run=library_commands.run,
    ),
    "publish": Command(
        help="open a consultation with a questionnaire, or add a version to it",
        declare=commands.declare_publish,
        run=commands.publish,
    ),
    "policies": Command(
        help="print or change the rules of a consultation",
        declare=commands.declare_policies,
        run=commands.policies,
    ),
    "import-responses": Command(
        help="import submitted responses from a CSV file",
        declare=commands.declare_import_responses,
        run=commands.import_responses,
    ),
    "import-frame": Command(
        help="add the organisations of a CSV file or workbook to the contact list",
        declare=invitation_commands.declare_import_frame,
        run=invitation_commands.import_frame,
    ),
    "invite": Command(
        help="send invitations, reminders or thanks to the organisations on the contact list",
        declare=invitation_commands.declare_invite,
        run=invitation_commands.invite,
    ),
    "bounces": Command(
        help="read returned mails and mark whom they did not reach",
        declare=invitation_commands.declare_bounces,
        run=invitation_commands.bounces,
    ),
    "trash": Command(
        help="list what was or is to be deleted; ask, agree, refuse or restore",
        declare=trash_commands.declare_trash,
        run=trash_commands.show_trash,
    ),
    "empty-trash": Command(
        help="erase what was in the trash for 30 days",
        declare=trash_commands.declare_empty_trash,
        run=trash_commands.empty_trash,
    ),
    "retention": Command(
        help="print what will be erased of a consultation and when, or erase what is due",
        declare=privacy_commands.declare_retention,
        run=privacy_commands.retention_of,
    ),
    "erase": Command(
        help="erase one response for good, for somebody who asked for it",
        declare=privacy_commands.declare_erase,
        run=privacy_commands.erase,
    ),
    "record-of-processing": Command(
        help="print the record of processing activities (GDPR Art. 30)",
        declare=privacy_commands.declare_record,
        run=privacy_commands.record,
    ),
    "load-demo": Command(
        help="load the embedded demonstration consultation once",
        declare=commands.declare_load_demo,
        run=commands.load_demo,
    ),
    "first-link": Command(
        help="print a one-time link that creates the first administrator",
        declare=commands.declare_first_link,
        run=commands.first_link,
    ),
    "reset-link": Command(
        help="print a one-time link that gives an account a new password",
        declare=commands.declare_reset_link,
        run=commands.reset_link,
    ),
    "reset-second-factor": Command(
        help="take the second factor of an account away, when telephone and recovery codes are lost",
        declare=commands.declare_reset_second_factor,
        run=commands.reset_second_factor,
    ),
    "grant": Command(
        help="give an account a role in a consultation, for all of it or for some regions or languages",
        declare=access_commands.declare_grant,
        run=access_commands.grant,
    ),
    "revoke": Command(
        help="take an account's role in a consultation away",
        declare=access_commands.declare_revoke,
        run=access_commands.revoke,
    ),
    "access": Command(
        help="list who may do what in a consultation",
        declare=access_commands.declare_access,
        run=access_commands.access,
    ),
    "role": Command(
        help="change what an account is in every consultation",
        declare=access_commands.declare_role,
        run=access_commands.role,
    ),
}


def main(arguments: Sequence[str] | None = None) -> int:
    """Runs a command and returns its exit code."""
    parser = argparse.ArgumentParser(prog="python -m survey", description="Questionnaires and consultations.")
    subparsers = parser.add_subparsers(dest="command", required=True, metavar="COMMAND")
    for name, command in COMMANDS.items():
        command.declare(subparsers.add_parser(name, help=command.help, description=command.help))
    parsed = parser.parse_args(arguments)
    if isinstance(sys.stdout, io.TextIOWrapper):
        sys.stdout.reconfigure(errors="backslashreplace")  # half a character in an answer is shown, not a crash
    try:
        return COMMANDS[parsed.command].run(parsed)
    except SoundingsError as error:
        _complain(_in_words(error))
        issues = error.params.get("issues", ())
        for issue in issues if isinstance(issues, tuple) else ():
            _complain(f"  {_located(issue)}")
        changes = error.params.get("changes", ())
        for change in changes if isinstance(changes, tuple) else ():
            _complain(f"  {change_line(change)}")
        if changes:
            _complain("Publish them with --accept-changes, or give what was renamed with --rename.")
        return 2 if isinstance(error, InvalidInput) and error.code.startswith("workbook.") else 1


def _located(issue: CheckIssue | ImportIssue | RenameIssue | PolicyIssue) -> str:
    if isinstance(issue, PolicyIssue):
        return f"{issue.name}: {filled(issue.code, issue.params)}"
    if isinstance(issue, RenameIssue):
        place = f"{issue.place}:" if issue.place else ""
        return f"{place}{issue.old}={issue.new}: {filled(issue.code, {'old': issue.old, 'new': issue.new})}"
    if isinstance(issue, CheckIssue):
        return f"{issue.sheet} row {issue.row} {issue.column}: {issue.message} {issue.fix}"
    return f"row {issue.row} {issue.column}: {filled(issue.code, issue.params)}"


if __name__ == "__main__":
    sys.exit(to_the_end(main))
