"""The English words of the errors that this floor raises; translations use them as keys.

Upper floors add their own words in `survey.words` and `analysis.words`.
"""

from collections.abc import Mapping

from data.errors import SoundingsError

MESSAGES: Mapping[str, str] = {
    "audit.anchor": "A head is written as NUMBER:SHA256, such as 12:4f…, with 64 hex digits.",
    "audit.no_file": "The file {path} cannot be read.",
    "audit.unreadable": "The file {path} is not a log of acts that was taken away as JSONL.",
    "backup.damaged": "The file {path} is damaged and was not restored. Nothing was changed.",
    "backup.exists": "The file {path} exists already. Choose another name.",
    "backup.failed": "What was written is not what was read. Nothing was kept of it: {path}.",
    "backup.not_empty": "The database {database} is not empty, and nothing in it is overwritten. "
    "Restore into an empty one.",
    "backup.missing": "There is no file {path}.",
    "backup.needs_file": "A database in memory cannot be restored.",
    "backup.not_ours": "The file {path} is not a back-up of Soundings. Nothing was changed.",
    "contact_key.environment": "The keys stand in SOUNDINGS_CONTACT_KEY. Put a new one in front of them there "
    "(python -m data new-key prints one), start the app again, then run this command again.",
    "contact_key.invalid": "This is no key of 32 bytes. Run: python -m data new-key",
    "contact_key.missing": "The key of the contact data is missing: {path} is not there, and SOUNDINGS_CONTACT_KEY is "
    "empty. Put it back from your copy; without it nobody can read the contact data.",
    "contact_key.server": "The contact data need a key that every process of this database has. Run: python -m data "
    "new-key, and put what it prints into SOUNDINGS_CONTACT_KEY of all of them.",
    "contact_key.unreadable": "The key file {path} cannot be read: {reason}.",
    "contact_key.unwritable": "The key file {path} cannot be written: {reason}. Name another one with "
    "SOUNDINGS_CONTACT_KEY_FILE.",
    "contact_key.wrong": "The contact data were sealed with the key {key}, which is not among the given ones. Put it "
    "back from your copy; nothing was changed.",
    "consultation.exists": "There is already a consultation with the short name {slug}.",
    "consultation.unknown": "There is no consultation at this address. Check the link you were sent.",
    "deletion.changed": "Somebody else has decided on this meanwhile. Look at it again.",
    "deletion.unknown": "Nobody asked for this.",
    "erasure_journal.unreadable": "The erasure journal {path} cannot be read: {reason}.",
    "erasure_journal.unwritable": "The erasure journal {path} cannot be written: {reason}. Name another one with "
    "SOUNDINGS_ERASURE_JOURNAL.",
    "file.unknown": "This file does not exist.",
    "finding.unknown": "This finding does not exist any more.",
    "link.used": "This link was used already. Ask for a new one.",
    "person.exists": "There is already an account with the name {login}.",
    "person.unknown": "There is no such account.",
    "recommendation.unknown": "This recommendation does not exist any more.",
    "record.changed_elsewhere": "Somebody else changed this meanwhile. Load it again before you change it.",
    "report.unknown": "This report does not exist any more.",
    "response.changed_elsewhere": "This response was changed in another window.",
    "response.unknown": "This response does not exist.",
    "review.changed": "Somebody else has decided on one of these replies meanwhile. Look at them again.",
    "review.rule_exists": "There is already a rule with the name {name}.",
    "review.rule_unknown": "This rule does not exist any more.",
    "setting.invalid": "The setting {name} is wrong: {reason}.",
    "store.full": "The disk is full. Your last change was not kept; everything before it is safe.",
    "store.locked": "The database is busy. Your last change was not kept; everything before it is safe. Try again.",
    "store.missing": "There is no database at {path}. Run: python -m data upgrade",
    "store.no_server": "The database server cannot be reached. Your last change was not kept; everything before it is "
    "safe. Try again in a moment.",
    "counting.lost": "Answers were erased, or the server went away, while this was counted. Ask again.",
    "counting.no_room": "DuckDB may take {limit} of memory, which is not enough for this figure.",
    "counting.no_server": "Answers are to be counted by a PostgreSQL server, and there is none.",
    "counting.too_many_columns": "{count} columns are too many to be counted by the server: {limit} at most.",
    "store.not_a_database": "The database file is damaged or is not a database. Restore a back-up.",
    "store.not_migrated": "The database is not ready for this version. Run: python -m data upgrade",
    "store.read_only": "The disk is read-only. Your last change was not kept; everything before it is safe.",
    "store.served": "Another process serves the database {path} already. A file is for one process; several share a "
    "PostgreSQL server (docs/several-machines.md).",
    "store.too_new": "The database was made by a newer version of this program. Update the program first.",
    "store.unreachable": "The database cannot be opened. Check the folder and its permissions.",
    "version.no_file": "No workbook was kept for this version.",
}


def in_english(error: SoundingsError, messages: Mapping[str, str] = MESSAGES) -> str:
    """The error in English, for the console; the bare code when nobody wrote words for it."""
    words = messages.get(error.code)
    return str(error) if words is None else words.format(**error.params)
