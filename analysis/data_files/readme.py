"""The README of a data file: what it is, from which state of the data, how to read it, what may be done with it."""

from analysis.data_files.frames import letter
from analysis.data_files.table import REASONS, DataTable, NumberColumn
from survey.translator import Words

NAME = "README.txt"


def readme(table: DataTable, words: Words, *, how: tuple[str, ...], files: tuple[str, ...]) -> str:
    """The text in the reader's language, one thought a line.

    how    lines on the format: how to open it, what it can and cannot hold
    files  names of the files beside it
    """
    _, about = words.translate, table.about
    occurring = [
        reason
        for reason in REASONS
        if any(isinstance(each, NumberColumn) and reason in each.reasons for each in table.columns)
    ]
    lines: list[str] = [about.title, "=" * min(len(about.title), 72), ""]
    if about.fictional:
        lines += [_("Fictional data: organisations and answers are invented."), ""]
    lines += [
        about.rows,
        _("Consultation: {slug}", slug=about.consultation),
        _("Made: {moment}", moment=about.made_at.isoformat(timespec="minutes")),
        _("Data state (SHA-256): {digest}", digest=about.snapshot),
        _("Two files with the same data state rest on the same answers."),
        _(
            "{rows} rows, {columns} columns; words in: {language}",
            rows=table.size,
            columns=len(table.columns),
            language=words.language_name(table.language) or table.language,
        ),
        _("Files: {names}", names=", ".join(files)),
        *([f"{_('Query')}: {about.query}"] if about.query else []),
    ]
    lines += _part(_("How to read it"), how)
    if occurring:
        lines += _part(
            _("Missing values"),
            (
                _(
                    "A missing value says why it is missing, by the same number in every column and format "
                    "(Stata: letter)."
                ),
                *(
                    f"  {table.code_of(reason)} (.{letter(REASONS.index(reason))}) = {table.reason_words(reason)}"
                    for reason in occurring
                ),
            ),
        )
    if table.sets:
        sets = (f"  {each.name}: {', '.join(each.columns)}" for each in table.sets)
        lines += _part(
            _("Questions with several answers"),
            (_("One column for each option: 1 = chosen, 0 = not chosen. The columns that belong together:"), *sets),
        )
    base: tuple[str, ...]
    if about.protected:
        base = (
            _("n is the number of valid answers, the base of every share. Shares are between 0 and 1, unweighted."),
            _("Counts below the threshold are hidden with everything that would tell them."),
        )
    else:
        base = (
            _("Every row counts once. The base of a share is the rows whose value is not missing."),
            *(about.weights or (_("There are no weights in this file."),)),
        )
    lines += _part(_("Bases and weights"), base)
    lines += _part(_("What is in it and what is not"), about.notes)
    lines += _part(_("What may be done with it"), about.conditions)
    if about.consent:
        lines += _part(_("What respondents agreed to"), tuple(about.consent.splitlines()))
    return "\n".join(lines) + "\n"


def _part(title: str, lines: tuple[str, ...]) -> list[str]:
    return ["", title, "-" * min(len(title), 72), *lines] if lines else []
