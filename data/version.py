"""The version of the program, as `pyproject.toml` has it: a part of the state that every figure names."""

VERSION = "0.2.0"
