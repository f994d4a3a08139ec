"""A strict, stateful stand-in for Trimble Spectrum's Data Exchange and its Info-Link tables
[SP 18].
"""
