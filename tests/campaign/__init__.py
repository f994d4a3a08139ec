"""The campaign: thousands of random histories, and how often a record is lost or doubled in them.

    make campaign N=10000 SEED=7

It carries out the histories of `tests/histories` in every flow and way, one after the other and all
six flows at once, on as many processes as there are cores for it:

    whole.py          the case of all six flows at once
    first_version.py  histories that begin with the state of the first version
    happenings.py     what may happen: any event of `tests/histories/events.py`, and what only the campaign lets happen
    people/           what people do by hand meanwhile, and the judge of the records that they touched
    account_edits.py  what the controller changes in the account file, as data
    lagging.py        an Info-Link that is behind
    drawing.py        which histories are drawn, and in which mixture
    in_order.py       the product's threads in an order that is the same each time
    scheduler.py      workers that give way to each other at each call
    tally.py          the second judge: what stands in the target tables for each record that people made
    untouched.py      what the first judge says of records that nobody touched
    trial.py          one history, what came of it, and a block of them under one seed
    naive.py          the same histories for `benchmarks/naive.py`
    guards.py         the product with one guard taken out, for the proof that the campaign would see it
    processes/        such histories with a process for each worker, sockets, SQLite and S3
    covered.py        how much of the code the histories have gone through
    __main__.py       divides N over processes and prints the sums
"""
