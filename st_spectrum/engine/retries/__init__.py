"""When a record is asked for again, what pauses with it, and when a person must look."""
