"""Commands of `python -m analysis`, by subject; they act as the local operator."""
