"""Histories: whatever happens to a small contractor, in whatever order, nothing is doubled and
nothing is silent.

A history lives in one process, without ports and without waiting, and takes a fraction of a second:

    def test_something(place: Place) -> None:                                 # `place` is a fixture of tests/histories/conftest.py
        with place.history(CASES["time by SOAP"]) as history:                 # its base: customer, site and two jobs have crossed
            history.make()                                                    # people approve something new
            copy = history.copy()                                             # the ledger, and the witness in the state folder
            history.fault(operation="PreTimeCard", kind="drop_answer")        # any rule of st_spectrum.sandbox.faults
            history.round(Life(dies_at=7, is_carried_out=True))               # killed just after its seventh call was carried out
            history.fault(operation="PreTimeCard", kind="slow", delay=90)     # carried out 30 s after a time-out of 60 s ...
            history.clock.move(31)                                            # ... namely now; pauses and leases go by this clock
            history.put_back(copy)                                            # the ledger of this morning; also: lose(), twin()
            history.night()                                                   # the reconciliation
            history.settle()                                                  # faults end, time passes, rounds until nothing moves
            judged = history.judge()                                          # read from both systems' tables, not from the engine
            assert judged.doubled == [] and judged.silent == [] and judged.waiting == {}

Files:

    place.py      `Place`: the contractor of `tests/world` behind a door, put back for each history
    history.py    `History`: what can be done; every worker is a new session over the same ledger
    life.py       `Life`: a worker that dies at its n-th call, or is met there by another worker, always at the same place
    cases.py      `CASES`: each flow and way (SOAP, REST, with and without Info-Link), and what its people do
    judge.py      what is doubled, silent or told as waiting; shares no code with engine, mapping or clients
    events.py     histories as data, and how Hypothesis makes them; a failing one is printed as a list that can be replayed
    chronicle.py  carries out such a list

The worker of a history uses the product as it is: `open_session(account, transports=..., store=...,
clock=...)`. A dead worker writes nothing any more, neither to a system nor to the ledger.
`is_seen_dead=False` kills it on another machine: nobody knows, and its claims last until their
lease is over.

10 histories per case run in `make test`, 500 in `make test-all` (marker `long`). Without chance,
`test_every_write_in_trouble.py` puts each write of each case in each trouble that a write can have,
and `test_a_payroll_week_in_trouble.py` the weekly reconciliation of payroll.
"""
