"""Lines of purchase orders become job items in ServiceTrade."""
