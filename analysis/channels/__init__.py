"""Plain HTTP routes of the analysis: authorised files."""
