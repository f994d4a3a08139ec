"""The state diagram of `docs/ledger.md`, drawn from the table of moves. Print it with `python -m
st_spectrum.ledger.diagram`.
"""

from st_spectrum.ledger.entry import CLOSED, MOVES, State


def mermaid() -> str:
    """A Mermaid state diagram of `MOVES`; closed states, to which nobody has to come back, are
    drawn in green.
    """
    lines = ["stateDiagram-v2"]
    for source in (None, *State):
        start = source.value if source else "[*]"
        lines += [f"    {start} --> {target}" for target in State if target in MOVES[source]]
    lines += [f"    {state} --> [*]" for state in State if not MOVES[state]]
    lines += [
        "    classDef closed fill:#d7f0d7",
        f"    class {', '.join(s for s in State if s in CLOSED)} closed",
    ]
    return "\n".join(lines)


if __name__ == "__main__":
    print(mermaid())
