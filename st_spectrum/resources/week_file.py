"""One Parquet file for each payroll week, wherever it lies."""

from typing import TYPE_CHECKING

import dagster as dg

from st_spectrum.resources.parquet import from_parquet, to_parquet

if TYPE_CHECKING:
    from pandas import DataFrame
    from upath import UPath

FOLDER = "payroll"


class WeekFile:
    """What both places have in common: a file's name and content, and what the run says."""

    extension: str | None = ".parquet"

    def get_asset_relative_path(self, context: dg.InputContext | dg.OutputContext) -> "UPath":  # noqa: ARG002
        """The folder; the week's first day is put behind it."""
        from upath import UPath

        return UPath(FOLDER)

    def dump_to_path(self, context: dg.OutputContext, obj: "DataFrame", path: "UPath") -> None:
        """Replace the week's table."""
        data = to_parquet(obj)
        place = self.write(path, data)
        context.add_output_metadata(
            {"table": dg.MetadataValue.text(place), "table_bytes": len(data)}
        )

    def load_from_path(self, context: dg.InputContext, path: "UPath") -> "DataFrame":  # noqa: ARG002
        """A week's table; raises `FileNotFoundError`."""
        return from_parquet(self.read(path))

    def _handle_transition_to_partitioned_asset(
        self, context: dg.OutputContext, path: "UPath"
    ) -> None:
        """Nothing. The inherited step deletes a local file that is called like the folder, for keys
        of a bucket too.
        """

    def write(self, path: "UPath", data: bytes) -> str:
        """Replace the file in one step; where it lies, for people."""
        raise NotImplementedError

    def read(self, path: "UPath") -> bytes:
        """The file's content; raises `FileNotFoundError`."""
        raise NotImplementedError
