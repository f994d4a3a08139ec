"""Pages of the documentation that are drawn from the code, so that they cannot say anything else
than it does.

`python -m st_spectrum.pages` (or `make docs`) writes them; a test fails while one of them is stale.
"""
