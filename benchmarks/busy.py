"""Other programs that keep the processors busy."""


def burn() -> None:
    """Another program that keeps a processor busy."""
    while True:
        sum(range(100_000))
