"""What the acts of the log, and the fields that they changed, are called in the reader's language."""

from survey.translator import Words
from survey.ui.parts import part_words
from survey.ui.rules import date_words


def act_words(words: Words) -> dict[str, str]:
    """Act -> what it is called; one that is not here is shown by its code."""
    _ = words.translate
    return {
        "consultation.changed": _("Title or dates changed"),
        "consultation.outcome": _("What became of the answers written"),
        "consultation.policies": _("Rules changed"),
        "consultation.published": _("Questionnaire published"),
        "consultation.roles": _("Parts of questions changed"),
        "consultation.status": _("Opened or closed"),
        "deletion.agreed": _("Response put into the trash"),
        "deletion.asked": _("Deletion of a response asked for"),
        "deletion.refused": _("Deletion of a response refused"),
        "deletion.restored": _("Response restored from the trash"),
        "demo.closed": _("Demo sessions ended"),
        "file.taken_away": _("File taken away"),
        "finding.dropped": _("Finding removed"),
        "finding.kept": _("Finding kept"),
        "finding.reworded": _("Finding reworded"),
        "findings.ordered": _("Findings put in order"),
        "frame.imported": _("Contact list brought in"),
        "invitation.reply_counted": _("Reply counted for an organisation"),
        "letters.made": _("Letters made"),
        "link.renewed": _("Personal link renewed"),
        "link.revoked": _("Personal links revoked"),
        "log.exported": _("Log taken away"),
        "mail.bounced": _("Mail marked as returned"),
        "mail.bounces_read": _("Returned mails read"),
        "mailing.exported": _("Table for mail merge made"),
        "mailing.queued": _("Mails put in the queue"),
        "mailing.retried": _("Failed mails put in the queue again"),
        "mailing.sent": _("Mails sent"),
        "person.invited": _("Account link made"),
        "person.joined": _("Account created"),
        "person.password": _("Password changed"),
        "person.provider": _("Account joined to the identity provider"),
        "person.restored": _("Account restored"),
        "person.role": _("Role changed"),
        "person.stopped": _("Account stopped"),
        "project.begun": _("Project begun"),
        "project.changed": _("Project changed"),
        "project.deleted": _("Project deleted"),
        "project.published": _("Project published"),
        "project.renamed": _("Project renamed"),
        "project.undone": _("Change of a project undone"),
        "recommendation.changed": _("Recommendation changed"),
        "recommendation.dropped": _("Recommendation removed"),
        "recommendation.written": _("Recommendation written"),
        "recommendations.ordered": _("Recommendations put in order"),
        "response.approval_asked": _("Rule on approval of a response changed"),
        "response.begun": _("Response begun"),
        "response.code_given": _("Code given to a colleague"),
        "response.code_revoked": _("Code of a colleague revoked"),
        "response.corrected": _("Correction sent"),
        "response.correction_begun": _("Correction begun"),
        "response.correction_dropped": _("Correction dropped"),
        "response.erased": _("Response erased"),
        "response.file_attached": _("File attached to a draft"),
        "response.file_removed": _("File removed from a draft"),
        "response.handed_over": _("Response handed over for approval"),
        "response.moved": _("Draft moved to a newer version"),
        "response.note_read": _("Note on a newer version read"),
        "response.saved": _("Draft saved"),
        "response.submitted": _("Response sent"),
        "response.withdrawn": _("Response withdrawn"),
        "responses.imported": _("Answers collected elsewhere brought in"),
        "second_factor.begun": _("Set-up of a second factor begun"),
        "second_factor.failed": _("Wrong code of a second factor"),
        "second_factor.new_codes": _("New recovery codes made"),
        "second_factor.recovery": _("Recovery code used"),
        "second_factor.removed": _("Second factor removed"),
        "second_factor.reset": _("Second factor reset by an administrator"),
        "second_factor.set_up": _("Second factor set up"),
        "session.ended": _("Session ended"),
        "sessions.ended": _("Sessions ended"),
        "sign_in": _("Signed in"),
        "sign_in.failed": _("Sign-in failed"),
        "sign_out": _("Signed out"),
        "template.changed": _("Wording of a mail changed"),
    }


def field_words(words: Words) -> dict[str, str]:
    """Setting -> what it is called; a title and a part of a question carry what they are before a space."""
    _ = words.translate
    parts = {f"part {role}": name for role, name in part_words(words).items()}
    return {
        **parts,
        **date_words(words),
        "active": _("Account in use"),
        "addressee": _("Addressee"),
        "body": _("Text of the mail"),
        "challenge": _("Challenge"),
        "corrections_until": _("Corrections of what was sent until; empty: none"),
        "grace_days": _("Days of grace"),
        "identification": _("Who answers"),
        "late": _("After the first deadline"),
        "level": _("Level"),
        "link": _("Link"),
        "on": _("Date"),
        "one_per_organisation": _("One response of each invited organisation"),
        "quota_role": _("Replies are limited by"),
        "quotas": _("Most replies of each group, such as s=20, *=50; * is every other"),
        "role": _("Role"),
        "sign_off": _("Somebody who may approve must send the response"),
        "sign_off_required": _("Somebody who may approve must send the response"),
        "statement": _("Finding"),
        "status": _("State"),
        "subject": _("Subject"),
        "text": _("Recommendation"),
        "visible_until": _("What was sent can be seen until; empty: always"),
        "zone": _("Time zone of the dates"),
    }


def detail_words(words: Words) -> dict[str, str]:
    """What else is known of an act -> what it is called."""
    _ = words.translate
    return {
        "act": _("Act"),
        "added": _("Added"),
        "agreed_by": _("Agreed by"),
        "answers": _("Answers changed"),
        "asked_by": _("Asked for by"),
        "by": _("By"),
        "by_link": _("By a personal link"),
        "changed": _("Changed"),
        "channel": _("Door"),
        "complete": _("All of it"),
        "consultation": _("Consultation"),
        "contact": _("Contact data changed"),
        "ended": _("How many were ended"),
        "entries_blanked": _("Entries of which the content was erased"),
        "failed": _("Failed"),
        "failures": _("Failures"),
        "format": _("Format"),
        "from": _("From version"),
        "issuer": _("Identity provider"),
        "kind": _("Kind"),
        "language": _("Language"),
        "letters": _("Letters"),
        "mails": _("Mails"),
        "marked": _("Marked"),
        "name": _("Name"),
        "present": _("There already"),
        "question": _("Question"),
        "reason": _("Reason"),
        "revision": _("Number of saves"),
        "role": _("Role"),
        "rows_sha256": _("Digest of the rows"),
        "section": _("Section"),
        "sent": _("How many were sent"),
        "sha256": _("Digest of the file"),
        "size_bytes": _("Bytes"),
        "statement": _("Finding"),
        "strange": _("Not recognised"),
        "text": _("Recommendation"),
        "to": _("To version"),
        "version": _("Version"),
        "way": _("Way of signing in"),
    }


def actor_words(actor: str, words: Words) -> str:
    """Who acted: the sign-in name of a person, else what they are."""
    _ = words.translate
    kind, _sign, login = actor.partition(":")
    known = {
        "anonymous": _("nobody in particular"),
        "operator": _("the operator at the console"),
        "respondent": _("a respondent"),
        "system": _("the program"),
    }
    return login or known.get(kind, kind)
