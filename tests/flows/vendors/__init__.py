"""A seventh flow, as CONTRIBUTING says that one is added: vendors of ServiceTrade get a number."""
