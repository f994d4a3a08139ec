"""Locations of ServiceTrade become work-order sites."""
