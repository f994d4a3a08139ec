"""Jobs of ServiceTrade become Spectrum jobs with phases."""
