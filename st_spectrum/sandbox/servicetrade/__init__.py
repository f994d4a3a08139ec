"""A strict, stateful stand-in for the ServiceTrade REST API on loopback: one module per
resource.
"""
