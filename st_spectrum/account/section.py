"""What every part of an account file has in common."""

from collections.abc import Iterator
from typing import Self

from pydantic import BaseModel, ConfigDict, model_validator

Code = str

Contradiction = tuple[tuple[str, ...], str]
"""The keys that do not go together, the first being the one to look at, and what is wrong with them."""


class Section(BaseModel):
    """A part of the file: frozen, and an unknown key is an error rather than a silent typo."""

    model_config = ConfigDict(
        frozen=True, extra="forbid", str_strip_whitespace=True, allow_inf_nan=False, hide_input_in_errors=True
    )

    def contradictions(self) -> Iterator[Contradiction]:
        """What does not go together among the keys of this section."""
        yield from ()

    @model_validator(mode="after")
    def _agrees_with_itself(self) -> Self:
        if found := [text for _, text in self.contradictions()]:
            raise ValueError("; ".join(found))
        return self
