"""Issues of a questionnaire for the screen: what each is about in the reader's language, its details in English.

What is wrong in a row is told by the checker in English, with the words of that row. Frequent codes have a title and
a remedy in every language here; other codes are told in English alone.
"""

import html
from collections.abc import Mapping

from survey.translator import Words
from survey.xlsform.issues import CheckIssue, Severity

MARKS: dict[Severity, str] = {"error": "✖", "warning": "▲", "info": "ℹ"}
"""A sign for each severity, because a colour alone says nothing to some readers."""


def issue_html(issue: CheckIssue, words: Words) -> str:
    """One issue in full: sign, place, what it is about, what to do, and the words of the checker."""
    place = " ".join(part for part in (issue.sheet, str(issue.row or ""), issue.column) if part)
    said = html.escape(f"{issue.message} {issue.fix}".strip())
    detail = f'<span lang="en">{said}</span>'
    if words.language != "en":
        title, remedy = issue_titles(words).get(issue.code, ("", ""))
        # A block of its own: English beside words from right to left would be torn apart where a line ends.
        english = f'<div class="sd-detail" lang="en" dir="ltr">{said}</div>'
        detail = f"<b>{html.escape(title)}</b> {html.escape(remedy)}{english}"
    return f'{MARKS[issue.severity]} <bdi class="sd-place">{html.escape(place)}</bdi> {detail}'


def issue_titles(words: Words) -> Mapping[str, tuple[str, str]]:
    """Code -> what it is about and what to do, in the reader's language."""
    _ = words.translate
    unread = _("The expression cannot be read.")
    return {
        "choice.duplicate": (
            _("A list has the same choice twice."),
            _("Give each choice of a list a name of its own."),
        ),
        "choice.missing_by_name": (
            _("A choice is taken for no answer by its name alone."),
            _("Write in its column missing what it is."),
        ),
        "choice.missing_unread": (
            _("A choice is taken for an answer although its name looks like none."),
            _("Write in its column missing what it is."),
        ),
        "choice.no_label": (_("A choice has no words."), _("Write its label.")),
        "comparison.text_as_number": (
            _("A text is compared as if it were a number."),
            _("Ask for a number, or compare with a text in quotation marks."),
        ),
        "constraint.never": (_("No answer can fulfil the constraint."), _("Look at the limits in it.")),
        "constraint.no_message": (
            _("A constraint has no message."),
            _("Write in constraint_message what a right answer looks like."),
        ),
        "default.not_a_choice": (_("The default is not among the choices."), _("Write the name of a choice.")),
        "default.wrong_type": (_("The default is no answer of this type."), _("Write one that fits, or leave it out.")),
        "expression.bad_reference": (_("A reference cannot be read."), _("Write ${name}, without spaces.")),
        "expression.bare_name": (
            _("A word stands without quotation marks."),
            _("Write '…' around a text, or ${…} around the name of a question."),
        ),
        "expression.equals_on_multiple": (
            _("= compares all chosen answers at once."),
            _("Ask with selected(${question}, 'choice')."),
        ),
        "expression.incomplete": (unread, _("Something is missing at its end.")),
        "expression.odd_character": (
            _("There are typographic quotation marks or spaces."),
            _("Type them anew as plain ones."),
        ),
        "expression.syntax": (unread, _("Look for a missing operator, comma or parenthesis.")),
        "expression.unclosed_quote": (unread, _("Close the quotation mark.")),
        "expression.unknown_character": (unread, _("Take out the sign that has no meaning there.")),
        "expression.unknown_choice": (
            _("An answer is compared with a choice that does not exist."),
            _("Write the name of a choice of that list."),
        ),
        "expression.unknown_function": (_("There is no such function."), _("Look at its spelling.")),
        "expression.wrong_argument_count": (
            _("A function gets too many or too few values."),
            _("Look at the commas and parentheses."),
        ),
        "file.missing": (_("A file that the questionnaire names is not there."), _("Bring it in with the workbook.")),
        "form.no_consent": (
            _("Personal data seem to be asked without consent."),
            _("Add the block for consent from the library."),
        ),
        "label.missing": (_("A question has no words."), _("Write its label.")),
        "language.mixed": (
            _("Labels with and without a language stand side by side."),
            _("Name the language in every column: label::English (en)."),
        ),
        "language.no_tag": (_("A language has no code."), _("Write it behind the name: English (en).")),
        "list.missing": (_("There is no such list of choices."), _("Write it on the sheet choices, or mend its name.")),
        "list.unused": (_("No question uses this list."), _("Take it out, or name it in a question.")),
        "name.duplicate": (_("Two rows have the same name."), _("Give each a name of its own.")),
        "name.invalid": (_("A name holds signs that it may not."), _("Use letters, digits and _ only.")),
        "name.missing": (_("A row has no name."), _("Give it one, of letters, digits and _.")),
        "questionnaire.cycle": (
            _("Conditions or calculations wait for each other."),
            _("Take one of the references out."),
        ),
        "reference.unknown": (_("There is no question of that name."), _("Mend the name in ${…}.")),
        "relevance.never": (_("This is never asked."), _("Look at the condition in relevant.")),
        "translation.missing": (_("Words are missing in a language."), _("Have them translated.")),
        "type.unknown": (_("There is no such type."), _("Choose one of the list under Edit.")),
    }
