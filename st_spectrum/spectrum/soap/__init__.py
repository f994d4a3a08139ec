"""Spectrum over SOAP: service descriptions, messages, and what the Get services show."""
