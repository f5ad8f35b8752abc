"""Blocks of questions, ready in the six official languages of the United Nations, to be added to any questionnaire."""
