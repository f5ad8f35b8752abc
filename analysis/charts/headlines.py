"""What a card says, as a sentence: first as claims that numbers can prove or refute, then as words.

`claims` reads the protected card and nothing else; `headline` words what it says, in the reader's language; `strongest`
chooses among cards.
"""

from analysis.charts.claims import Claim, Degree, Of, Says, claims
from analysis.charts.sentences import headline
from analysis.charts.strongest import Strongest, strength, strongest

__all__ = ["Claim", "Degree", "Of", "Says", "Strongest", "claims", "headline", "strength", "strongest"]
