"""What a process tells its operators: lines of a log and traces. Ids and codes, never values."""
