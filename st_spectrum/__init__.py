"""ServiceTrade and Trimble Spectrum, kept in step record by record."""
