"""The rules: pure functions on frozen data. No input, no output, no clock, no chance."""
