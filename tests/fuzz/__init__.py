"""Reader and logic held against what nobody would write: `make fuzz`, never part of `make test`."""
