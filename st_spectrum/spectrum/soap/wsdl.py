"""Service descriptions (WSDL): downloaded once, kept on disk, and turned by zeep into request
messages [SP 3].
"""

import re
import threading
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import lru_cache
from io import BytesIO
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from lxml import etree

from st_spectrum.domain.errors import ContractBroken, Unavailable
from st_spectrum.private_files import keep_folder_private, make_private_folder, write_private_bytes
from st_spectrum.spectrum import envelope
from st_spectrum.spectrum.services import Service
from st_spectrum.spectrum.soap.messages import MessageForm
from st_spectrum.spectrum.wire import ALIASES, SYSTEM

GOOD_FOR_SECONDS = 24 * 3600.0
DISK_ADVICE = "Make room on the disk of this machine, or let the folder be written."
"""After an upgrade of Spectrum a layout may have grown, and a missing element is a fault [SP 3.1]:
look again daily.
"""


@dataclass
class Contract:
    """What one WSDL says: where to send, which SOAPAction, elements, and how a message looks."""

    service: Service
    path: str
    action: str
    elements: tuple[str, ...]
    form: MessageForm

    def message(self, values: Mapping[str, str]) -> bytes:
        """The request envelope. Elements that only this release has are sent blank, which means
        "leave as it is" [SP 1.8].

        Raises `ContractBroken` when this release lacks an element for which there is a value.
        """
        content = dict.fromkeys(self.elements, "")
        for name, value in values.items():
            place = name if name in content else ALIASES.get(name, "")
            if place in content:
                content[place] = value
            elif value.strip():
                text = (
                    f"this Spectrum's {self.service.name} has no element {name}, which is needed"
                    f" for {value!r}"
                )
                raise ContractBroken(text, system=SYSTEM, operation=self.service.name)
        from zeep.exceptions import Error

        try:
            return self.form.write(content)
        except (Error, TypeError, ValueError) as error:
            text = f"no message can be built from the WSDL ({type(error).__name__})"
            raise ContractBroken(text, system=SYSTEM, operation=self.service.name) from None


class Contracts:
    """The contracts of one installation. `download(service)` fetches a WSDL's bytes and raises the
    usual families.

    Files lie in `folder`, one sub-folder per host, written so that a half-written one is never
    read; a file that cannot be read is fetched again. When a fresh look fails, the file at hand
    goes on being used.
    """

    def __init__(self, folder: Path, base_url: str, download: Callable[[Service], bytes]) -> None:
        host = re.sub(r"[^\w.-]+", "_", urlsplit(base_url).netloc + urlsplit(base_url).path).strip(
            "_"
        )
        self._folder = folder / host
        self._download = download
        self._lock = threading.Lock()
        self._known: dict[str, Contract] = {}

    def has(self, service: Service) -> bool:
        """Whether a contract is in memory."""
        return service.name in self._known

    def of(self, service: Service) -> Contract:
        """The contract of a service, from memory, disk or the server in this order."""
        if known := self._known.get(service.name):
            return known
        with self._lock:
            if service.name not in self._known:
                self._known[service.name] = self._from_disk(service) or self._from_server(service)
            return self._known[service.name]

    def _from_disk(self, service: Service) -> Contract | None:
        path = self._path(service)
        try:
            age = time.time() - path.stat().st_mtime
        except OSError:
            return None
        if age > GOOD_FOR_SECONDS:
            try:
                return self._from_server(service)
            except Unavailable:
                pass
        try:
            return _contract(service, path.read_bytes())
        except (ContractBroken, OSError):
            return None

    def _from_server(self, service: Service) -> Contract:
        body = self._download(service)
        root = envelope.read(body)
        if root is None or envelope.local_name(root) != "definitions":
            text = (
                f"Spectrum answered the WSDL of {service.name} with {envelope.describe(body)}"
                " instead of a WSDL"
            )
            raise ContractBroken(text, system=SYSTEM, operation=service.name)
        try:
            return self._kept(service, body)
        except OSError as error:
            text = (
                f"the WSDL of {service.name} cannot be kept in {self._folder}:"
                f" {error.strerror or error}"
            )
            raise Unavailable(
                text, system=SYSTEM, operation=service.name, advice=DISK_ADVICE
            ) from None

    def _kept(self, service: Service, body: bytes) -> Contract:
        make_private_folder(self._folder)
        keep_folder_private(self._folder)
        contract = _contract(service, body)
        write_private_bytes(self._path(service), body)
        return contract

    def _path(self, service: Service) -> Path:
        return self._folder / f"{service.name}.wsdl"


@lru_cache(maxsize=64)
def _contract(service: Service, body: bytes) -> Contract:
    """Read a WSDL; `ContractBroken` when zeep cannot make sense of it. A contract is safe to use
    from many threads, and every round needs the same few.
    """
    import zeep
    import zeep.exceptions

    try:
        load: Any = zeep.Client
        client = load(
            BytesIO(body),
            settings=zeep.Settings(strict=False, xml_huge_tree=True, forbid_external=True),
        )
        # One operation per WSDL, named as the service; where the names differ the only operation is
        # the one [SP 3].
        binding = client.service._binding
        operations = sorted(binding.all())
        name = service.name if service.name in operations else operations[0]
        operation = binding.get(name)
        described = operation.input.body.type.elements
        elements = tuple(name for name, _ in described)
        text = zeep.xsd.String.xmlvalue
        is_plain_text = all(
            getattr(type(element.type), "xmlvalue", None) is text for _, element in described
        )
        address = client.service._binding_options["address"]
    except (
        zeep.exceptions.Error,
        etree.LxmlError,
        AttributeError,
        LookupError,
        TypeError,
        ValueError,
    ) as error:
        text = f"the WSDL of {service.name} cannot be used ({type(error).__name__})"
        raise ContractBroken(text, system=SYSTEM, operation=service.name) from None
    form = MessageForm(
        elements,
        lambda values: client.create_message(client.service, name, **values),
        is_plain_text=is_plain_text,
    )
    return Contract(service, urlsplit(address).path, operation.soapaction, elements, form)
