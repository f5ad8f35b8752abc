"""Findings: the only source of numbers for screens, charts and reports, always under an audience's policy."""
