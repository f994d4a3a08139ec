"""Forms with files in them, as `curl` and the vendor's packages send them [ST 1, 10]."""

import re
from io import BytesIO
from typing import Any

from python_multipart.exceptions import FormParserError
from python_multipart.multipart import Field as FormField
from python_multipart.multipart import File, parse_form

from st_spectrum.sandbox.servicetrade.call import Refused, Upload

INDEXED = re.compile(r"(\w+)\[\d*\]")
"""A list in a form of PHP's: `visibility[0]`, `visibility[]`."""


def read_upload_form(content_type: str, body: bytes) -> tuple[dict[str, Any], tuple[Upload, ...]]:
    """Texts by name, and the files; Refused 400 for what is no such form. A name that comes several
    times, or is a list of PHP's, is a list.
    """
    texts: dict[str, Any] = {}
    files: list[Upload] = []

    def note_field(field: FormField) -> None:
        name = _text(field.field_name)
        value = _text(field.value)
        indexed = INDEXED.fullmatch(name)
        if indexed:
            texts.setdefault(indexed[1], []).append(value)
        elif name in texts:
            earlier = texts[name]
            texts[name] = [*(earlier if isinstance(earlier, list) else [earlier]), value]
        else:
            texts[name] = value

    def note_file(file: File) -> None:
        file.file_object.seek(0)
        files.append(
            Upload(
                _text(file.field_name),
                _text(file.file_name),
                file.content_type or "application/octet-stream",
                file.file_object.read(),
            )
        )
        file.close()

    try:
        parse_form({"Content-Type": content_type.encode()}, BytesIO(body), note_field, note_file)
    except (FormParserError, ValueError) as error:
        raise Refused(400, f"The body is not a form: {error}") from None
    return texts, tuple(files)


def _text(raw: bytes | str | None) -> str:
    return raw.decode("utf-8", "replace") if isinstance(raw, bytes) else raw or ""
