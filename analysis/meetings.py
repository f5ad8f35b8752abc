"""Use case: carry findings and recommendations into a meeting, one at a time, in their order."""

from dataclasses import dataclass

from analysis import recommendations
from analysis.disclosure import Audience
from analysis.recommendations import KeptFinding, Recommendation
from data.store import Store
from survey.access import Actor


@dataclass(frozen=True, slots=True, kw_only=True)
class Agenda:
    """What is shown: all findings, then all recommendations."""

    findings: tuple[KeptFinding, ...]
    recommendations: tuple[Recommendation, ...]

    @property
    def items(self) -> tuple[KeptFinding | Recommendation, ...]:
        """Everything in the order of showing."""
        return (*self.findings, *self.recommendations)


def agenda(store: Store, slug: str, *, actor: Actor, language: str) -> Agenda:
    """The agenda of a meeting, with the frozen numbers of each finding and only what a meeting may read."""
    return Agenda(
        findings=recommendations.findings(store, slug, actor=actor, language=language),
        recommendations=recommendations.recommendations(
            store, slug, actor=actor, language=language, audience=Audience.MEETING
        ),
    )
