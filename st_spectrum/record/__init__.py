"""What a real installation answers, compared with what the code takes for true, and kept without
anybody's names.

`st-spectrum record` reads (`walk_*`), judges what it read while it is whole (`judge*`), and writes
two things: a report for others, and a recording for tests from which every value is gone that is
not a code of the set-up (`scrub*`).
"""
