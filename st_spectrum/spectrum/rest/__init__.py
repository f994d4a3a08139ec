"""Spectrum over REST: messages, tokens, and answers record by record."""
