"""Which organisation of the contact frame a name means."""

from data.store import Transaction


def invited_by_name(kept: Transaction, consultation_id: int) -> dict[str, int]:
    """Names of the contact frame, folded, with the key of their invitation."""
    return {same_name(invited.organisation): invited.id for invited in kept.invitations(consultation_id)}


def same_name(name: str) -> str:
    """An organisation's name with case and spacing folded, so that the same name typed twice is equal."""
    return " ".join(name.casefold().split())
