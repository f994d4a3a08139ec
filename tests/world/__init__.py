"""The world that tests happen in, and the people in it.

`contractor.py` builds a contractor in the sandbox, on ports or behind its door, with a ledger in a
file or in memory, and runs the integration against it: a round of all flows or of some, a night, a
command. Beside it stands one hand for each clerk: what they type into ServiceTrade
(`dispatcher.py`, `billing_clerk.py`, `timekeeper.py`) or at Spectrum's screen (`controller.py`,
`ar_clerk.py`, `buyer.py`), and what they see there. A hand needs no more than a caller of the
sandbox, over a socket or through its door. `stores.py` and `ledger_file.py` are for what happens to
a ledger, beneath the integration and on its disk.
"""
