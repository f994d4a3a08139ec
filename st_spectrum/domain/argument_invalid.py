"""What a person said on the command line and cannot be done; the settings are not to blame."""

from st_spectrum.domain.errors import SettingsInvalid


class ArgumentInvalid(SettingsInvalid):
    """A word of the command line is wrong: a flow that there is not, a file that exists already."""


class FileNotWritten(ArgumentInvalid):
    """A file that a person named cannot be made or written."""
