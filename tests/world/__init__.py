"""The world that tests happen in, and the people in it.

`contractor.py` builds a contractor in the sandbox and runs the integration against it. Beside it
stands one hand for each clerk: what they type into ServiceTrade or at Spectrum's screen, and what
they see there. A hand needs no more than a caller of the sandbox, over a socket or through its
door.
"""
