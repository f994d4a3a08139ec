"""What a batch passes before its first write: the epoch of the ledger, and each login."""
