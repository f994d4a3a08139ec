"""WSDLs as Spectrum serves them, one per service, generated from the field tables [SP 3]."""

from xml.sax.saxutils import escape, quoteattr

from st_spectrum.spectrum.services import Service

WSDL_NAMESPACE = "http://www.northgate-is.com/proiv/webservices/wsdl"
TYPES_NAMESPACE = "http://www.northgate-is.com/proiv/webservices/types"

_WSDL = """<?xml version="1.0" encoding="UTF-8"?>
<!-- SPECTRUM 20150114 -->
<definitions xmlns="http://schemas.xmlsoap.org/wsdl/" xmlns:soap="http://schemas.xmlsoap.org/wsdl/soap/"
 xmlns:xsd="http://www.w3.org/2001/XMLSchema" xmlns:tns="{wsdl}" xmlns:xsd-nis="{types}"
 targetNamespace="{wsdl}" name="{name}">
<types><schema xmlns="http://www.w3.org/2001/XMLSchema" targetNamespace="{types}">
<import namespace="http://schemas.xmlsoap.org/soap/encoding/"/>
<element name="{name}"><complexType><sequence>
{elements}
</sequence></complexType></element>
<element name="{name}Response"><complexType><sequence>
<element name="returnArray" nillable="false"><complexType><sequence>
<element name="returnData" nillable="false" minOccurs="0" maxOccurs="unbounded"><complexType><sequence><any/></sequence>
</complexType></element>
</sequence></complexType></element>
</sequence></complexType></element>
</schema></types>
<message name="{name}Output"><part name="parameters" element="xsd-nis:{name}Response"/></message>
<message name="{name}Input"><part name="parameters" element="xsd-nis:{name}"/></message>
<portType name="{name}PortType"><operation name="{name}">
<input message="tns:{name}Input"/><output message="tns:{name}Output"/></operation></portType>
<binding name="{name}SoapBinding" type="tns:{name}PortType">
<soap:binding style="document" transport="http://schemas.xmlsoap.org/soap/http"/>
<operation name="{name}"><soap:operation soapAction={address}/>
<input><soap:body use="literal"/></input><output><soap:body use="literal"/></output></operation></binding>
<service name="{name}Service"><port name="{name}Port" binding="tns:{name}SoapBinding">
<soap:address location={address}/></port></service>
</definitions>
"""


def element_names(service: Service) -> tuple[str, ...]:
    """Every element of a request, in order; each must be present, blank or not [SP 3.1]."""
    opening = ("Authorization_ID", "GUID") if service.has_guid else ("Authorization_ID",)
    return (*opening, *(field.name for field in service.fields))


def wsdl(service: Service, origin: str) -> str:
    """The WSDL of one service; `origin` such as `http://127.0.0.1:8482` goes into address and
    SOAPAction.
    """
    return _WSDL.format(
        wsdl=WSDL_NAMESPACE,
        types=TYPES_NAMESPACE,
        name=escape(service.name),
        elements="\n".join(
            f'<element name="{name}" type="xsd:string" nillable="false"/>'
            for name in element_names(service)
        ),
        address=quoteattr(f"{origin}/ws/{service.name}"),
    )
