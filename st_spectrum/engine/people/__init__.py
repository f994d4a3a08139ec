"""What people ask and say about single records."""
