"""What a contractor's own people set up with: the codes of both systems, and an account file out of
what their records have in common.
"""
