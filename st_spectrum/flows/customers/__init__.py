"""Companies of ServiceTrade become AR customers."""
