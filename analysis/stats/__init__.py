"""Statistics: arrays in, results out. Knows no survey, no clock, no environment."""
