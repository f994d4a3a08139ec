"""Both sides read and compared, and a ledger brought up to date from them."""
