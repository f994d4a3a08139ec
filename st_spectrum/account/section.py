"""What every part of an account file has in common."""

from collections.abc import Iterator, Mapping
from types import NoneType, UnionType
from typing import Annotated, Any, Self, Union, get_args, get_origin

from pydantic import (
    BaseModel,
    ConfigDict,
    ValidationInfo,
    ValidatorFunctionWrapHandler,
    field_validator,
    model_validator,
)

Code = str

Contradiction = tuple[tuple[str, ...], str]
"""Keys that do not go together, the first being the one to look at, and what is wrong with them."""

ABSENT = object()
"""Given for a required key while a file is read, so that the rest can be validated."""

CONTRADICTIONS_APART: Mapping[str, bool] = {"contradictions_apart": True}
"""The context of a validation after which whoever asked for it looks for contradictions."""


class Section(BaseModel):
    """A part of the file: frozen, and an unknown key is an error rather than a silent typo."""

    model_config = ConfigDict(
        frozen=True,
        extra="forbid",
        str_strip_whitespace=True,
        allow_inf_nan=False,
        hide_input_in_errors=True,
    )

    def contradictions(self) -> Iterator[Contradiction]:
        """What does not go together among the keys of this section."""
        yield from ()

    @field_validator("*", mode="wrap")
    @classmethod
    def _may_be_absent(cls, value: Any, handler: ValidatorFunctionWrapHandler) -> Any:
        return value if value is ABSENT else handler(value)

    @model_validator(mode="after")
    def _agrees_with_itself(self, info: ValidationInfo) -> Self:
        if info.context is CONTRADICTIONS_APART:
            return self
        if found := [text for _, text in self.contradictions()]:
            raise ValueError("; ".join(found))
        return self


def shape_of(annotation: Any) -> tuple[Any, bool]:
    """The bare type, without constraints and without `| None`; and whether None is allowed."""
    if get_origin(annotation) is Annotated:
        return shape_of(get_args(annotation)[0])
    if get_origin(annotation) in (Union, UnionType):
        kinds = [kind for kind in get_args(annotation) if kind is not NoneType]
        return shape_of(kinds[0])[0], len(kinds) < len(get_args(annotation))
    return annotation, False


def section_of(annotation: Any) -> type[Section] | None:
    """The section that stands under a key with this annotation, if one does."""
    shape = shape_of(annotation)[0]
    return shape if isinstance(shape, type) and issubclass(shape, Section) else None
