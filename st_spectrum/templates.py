"""The templates of mails and pages: HTML files in the folder `templates` of a package, filled in
with every value escaped.
"""

from functools import cache
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from jinja2 import Environment, Template


def template(package: str, name: str) -> "Template":
    """A template of a package such as `st_spectrum.alerts`. Safe to render from many threads.

    Whatever is put in is shown as text; a name that the template uses and nobody fills in raises
    `UndefinedError`.
    """
    return _environment(package).get_template(name)


@cache
def _environment(package: str) -> "Environment":
    from jinja2 import Environment, PackageLoader, StrictUndefined

    return Environment(
        loader=PackageLoader(package),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
