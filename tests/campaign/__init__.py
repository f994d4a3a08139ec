"""The campaign: thousands of random histories, and how often a record is lost or doubled in them.

    make campaign N=10000 SEED=7

It carries out the histories of `tests/histories` in every flow and way, one after the other and all
six flows at once, on as many processes as there are cores for it:

    whole.py      the case of all six flows at once
    happenings.py what may happen: any event of `tests/histories/events.py`, and in which mixture
    tally.py      the second judge: what stands in the target tables for each record that people made
    trial.py      one history, what came of it, and a block of them under one seed
    naive.py      the same histories for `benchmarks/naive.py`
    guards.py     the product with one guard taken out, for the proof that the campaign would see it
    __main__.py   divides N over processes and prints the sums
"""
