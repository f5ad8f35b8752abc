"""Responses as immutable code arrays, and the code-book that says what the codes mean."""
