"""Files and folders that a person names on the command line, for a command to write."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from st_spectrum.domain.argument_invalid import FileNotWritten


@contextmanager
def into_named(place: Path) -> Iterator[None]:
    """Inside, what was named is made. Raises `FileNotWritten` where the disk does not take it."""
    try:
        yield
    except OSError as error:
        raise not_written(place, error) from None
    except Exception as error:
        # xlsxwriter hands what the disk said on inside an error of its own.
        if not (error.args and isinstance(error.args[0], OSError)):
            raise
        raise not_written(place, error.args[0]) from None


def not_written(place: Path, error: OSError) -> FileNotWritten:
    """In words, what the disk said of a place that was named."""
    return FileNotWritten([f"{place} cannot be written: {error.strerror or error}"])


def require_place(option: str, file: Path) -> None:
    """Refuse, before anything is read for it, a file not to be made. Raises `FileNotWritten`."""
    if not file.name:
        raise FileNotWritten([f"{option} names no file; name a new one"])
    with into_named(file):
        is_folder, has_folder = file.is_dir(), file.parent.is_dir()
    if is_folder:
        raise FileNotWritten([f"{option} {file}: is a folder; name a file in it"])
    if not has_folder:
        raise FileNotWritten([f"{file} cannot be written: there is no folder {file.parent}"])
