"""What a first load costs: requests, memory, and speed beside a bare client. And what the second
guard and the witness cost.

    make bench                                     everything, in about ten minutes
    make bench JSON=1                              the same; tables on standard error, one JSON document on standard output
    .venv/bin/python -m benchmarks --run 50:40     one run: 50 ms latency, a world of 40 jobs
    make bench-guards                              the guards alone, see `guards`

Each run goes through the same steps:

1. The sandbox, in a process of its own, is emptied and filled with a contractor (`sandbox.world`).
2. `st-spectrum sync --json` carries everything across, in a process of its own. What reaches the
   sandbox is recorded.
3. The sandbox is emptied and filled again, exactly alike, and a bare client sends the recorded
   calls: the same requests with the same bodies at the same parallelism, over kept-alive
   connections, with nothing to build, decide or remember.

Both are timed at the sandbox's door, from the arrival of the first call to the answer to the last
one, so that the start of an interpreter counts for neither. A run counts only if every call was
answered alike both times and both systems ended up with the same number of rows. How to read the
result: `docs/benchmark.md`.
"""
