"""Which part of a ServiceTrade account belongs to the Spectrum company of this account file."""

from collections.abc import Iterator

from st_spectrum.account.section import Contradiction, Section


class Scope(Section):
    """The offices whose jobs, invoices and time cross, as ServiceTrade names them; none: all."""

    offices: tuple[str, ...] = ()

    def contradictions(self) -> Iterator[Contradiction]:
        """An office without a name, or named twice, is a slip."""
        names = [folded(office) for office in self.offices]
        if "" in names:
            yield ("offices",), "names an office without a name"
        for number, name in enumerate(names):
            if name and name in names[:number]:
                yield ("offices",), f"names {self.offices[number]} twice"

    def has(self, office: str) -> bool:
        """Whether records of this office cross."""
        return not self.offices or folded(office) in map(folded, self.offices)


def folded(office: str) -> str:
    """An office's name as names are compared: without regard to case and blanks."""
    return " ".join(office.split()).casefold()
