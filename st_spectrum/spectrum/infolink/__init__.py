"""Info-Link: Spectrum's tables as read-only SQL [SP 16], and what is asked of each of them."""
