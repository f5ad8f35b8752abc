"""What may leave the house: who sees what, which figures are hidden, and what earlier releases already tell.

policy       audiences, the threshold, the value that stands for a hidden figure
system       what an attacker knows, as linear conditions
suppression  which figures to hide beside the small ones (linear programmes)
"""

from analysis.disclosure.policy import SUPPRESSED, Audience, Permission, Policy, Suppressed, policy

__all__ = ["SUPPRESSED", "Audience", "Permission", "Policy", "Suppressed", "policy"]
