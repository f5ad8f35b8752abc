"""Use cases about the contact frame: the organisations that were invited."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from data.errors import InvalidInput, NotFound
from data.store import Store
from survey import consultations, published_forms
from survey.access import Action, Actor, require
from survey.acts import note_staff
from survey.contact_lists import COLUMNS, NAME_LENGTH, Alike, ContactTable, coded, known_codes, mapped
from survey.duplicates import Doubt, doubts
from survey.organisations import invited_by_name, same_name
from survey.policies import policies_of

NAMES_TOLD = 5
"""Names in one error; a file of the wrong list would fill the screen."""


@dataclass(frozen=True, slots=True, kw_only=True)
class FrameRow:
    """One row of a contact list as it would enter the frame.

    number   of the row in the file
    present  the organisation is on the list already, or stood further up in the file
    changed  columns in which it would be told anew, for one that is on the list
    similar  an organisation with nearly the same name, "" for none
    shared   an organisation with the same e-mail address, "" for none
    unknown  columns whose cell is no code or label of the questionnaire, or no e-mail address
    left_out why the row never enters the frame: "nameless", "name_too_long"; "" when it may
    """

    number: int
    cells: Mapping[str, str]
    present: bool = False
    changed: tuple[str, ...] = ()
    similar: str = ""
    shared: str = ""
    unknown: tuple[str, ...] = ()
    left_out: str = ""

    @property
    def is_doubtful(self) -> bool:
        """True when it may be an organisation that is there under another name."""
        return not self.present and bool(self.similar or self.shared)


def preview_frame(
    store: Store, slug: str, table: ContactTable, columns: Mapping[str, str], *, actor: Actor
) -> tuple[FrameRow, ...]:
    """What each row would become; nothing is written.

    columns  column of the frame -> heading of the file
    Raises what `contact_lists.mapped` raises.
    """
    require(actor, Action.READ_CONTACTS, slug)
    require(actor, Action.MANAGE_CONSULTATIONS, slug)
    rows = mapped(table, columns)
    with store.read() as kept:
        consultation = kept.consultation(slug)
        form = published_forms.form(kept, consultation.id).questionnaire
        frame = kept.invitations(consultation.id)
    codes = known_codes(form, consultation.roles)
    known = {same_name(each.organisation): each for each in frame}
    alike = Alike(each.organisation for each in frame)
    owners = {each.email.casefold(): each.organisation for each in frame if each.email}
    seen: set[str] = set()
    found = []
    for number, cells in rows:
        if fault := _fault(cells["organisation"]):  # a foot line, a note, a heading between the rows
            found.append(FrameRow(number=number, cells=cells, left_out=fault))
            continue
        values, unknown = coded(cells, codes)
        folded, email = same_name(values["organisation"]), values["email"].casefold()
        there = known.get(folded)
        changed = () if there is None else tuple(c for c in COLUMNS[1:] if values[c] not in ("", getattr(there, c)))
        present = there is not None or folded in seen
        shared = owners.get(email, "") if email else ""
        found.append(
            FrameRow(
                number=number,
                cells=values,
                present=present,
                changed=() if folded in seen else changed,
                similar="" if present else alike.to(values["organisation"]),
                shared="" if present or same_name(shared) == folded else shared,
                unknown=unknown,
            )
        )
        if not present:
            alike.add(values["organisation"])
        if email:
            owners.setdefault(email, values["organisation"])
        seen.add(folded)
    return tuple(found)


def _fault(name: str) -> str:
    if not name:
        return "nameless"
    return "name_too_long" if len(name) > NAME_LENGTH else ""


def organisations(store: Store, slug: str, *, actor: Actor) -> dict[int, str]:
    """Key of an invitation -> the organisation, by name, of the contact list."""
    with store.read() as kept:
        consultation, scope = consultations.admitted(kept, slug, actor, Action.READ_CONTACTS)
        return kept.invited_organisations(consultation.id, scope)


def keys_of(store: Store, slug: str, names: Iterable[str], *, actor: Actor) -> frozenset[int]:
    """The invitations of these organisations of the contact list, as `organisations.same_name` reads them.

    Raises InvalidInput("invitation.not_listed") with the first names that are not on it.
    """
    with store.read() as kept:
        consultation, scope = consultations.admitted(kept, slug, actor, Action.READ_CONTACTS)
        listed = invited_by_name(kept, consultation.id, scope)
    wanted = tuple(names)
    unknown = [name for name in wanted if same_name(name) not in listed]
    if unknown:
        raise InvalidInput("invitation.not_listed", names="; ".join(unknown[:NAMES_TOLD]), count=len(unknown))
    return frozenset(listed[same_name(name)] for name in wanted)


def doubted(store: Store, slug: str, *, actor: Actor) -> tuple[Doubt, ...]:
    """Sent responses that may be of an organisation of the contact list, or that may be there twice."""
    with store.read() as kept:
        return doubts(kept, *consultations.admitted(kept, slug, actor, Action.READ_CONTACTS))


def count_reply(
    store: Store, slug: str, response_id: int, invitation_id: int | None, *, actor: Actor, now: datetime
) -> None:
    """A sent response counts as the reply of this organisation from now on, or of none; the personal link stays free.

    Raises NotFound("invitation.unknown") for an organisation of another list, ("response.unknown_code") for a response
    of another consultation or one that came by a personal link; InvalidInput("invitation.anonymous").
    """
    require(actor, Action.READ_CONTACTS, slug)
    with store.write() as kept:
        consultation, scope = consultations.admitted(kept, slug, actor, Action.REVIEW_REPLIES)
        if policies_of(consultation).anonymous:
            raise InvalidInput("invitation.anonymous")
        if invitation_id is not None:
            kept.invitation(consultation.id, invitation_id, scope)
        if not kept.count_for(consultation.id, response_id, invitation_id, scope):
            raise NotFound("response.unknown_code")
        details = {"response": response_id, "invitation": invitation_id}
        note_staff(kept, slug, "invitation.reply_counted", actor=actor, now=now, details=details)


def import_frame(
    store: Store,
    slug: str,
    rows: Sequence[Mapping[str, str]],
    *,
    actor: Actor,
    now: datetime,
    update: bool = False,
) -> tuple[int, int]:
    """(how many organisations were added, how many were there already by their name).

    update  True takes over what the rows say of those that were there; an empty cell changes nothing
    """
    require(actor, Action.MANAGE_CONSULTATIONS, slug)
    require(actor, Action.READ_CONTACTS, slug)
    nameless = [number for number, row in enumerate(rows, start=2) if not row.get("organisation", "").strip()]
    if nameless:
        raise InvalidInput("frame.nameless", row=nameless[0])
    with store.write(takes_long=True) as kept:
        consultation = kept.consultation(slug)
        known = invited_by_name(kept, consultation.id)
        added: dict[str, dict[str, object]] = {}
        changed = 0
        for row in rows:
            folded = same_name(row["organisation"])
            values = {name: row.get(name, "").strip() for name in COLUMNS}
            if folded in known:
                given = {name: value for name, value in values.items() if value and name != "organisation"}
                if update and given:
                    kept.change_invitation(known[folded], **given)
                    changed += 1
            elif folded not in added:
                added[folded] = {**values, "consultation_id": consultation.id, "created_at": now}
        kept.add_invitations(list(added.values()))
        details = {"added": len(added), "changed": changed}
        note_staff(kept, slug, "frame.imported", actor=actor, now=now, details=details)
    return len(added), len(rows) - len(added)
