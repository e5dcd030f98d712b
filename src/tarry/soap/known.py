"""Documents that WSDLs import by an address in the web, and that nobody has to fetch.

Each says only what callers need, in our words.
"""

_SIMPLE = (
    "string normalizedString token boolean decimal integer long int short byte float double "
    "dateTime date time duration anyURI base64Binary hexBinary QName nonNegativeInteger "
    "positiveInteger unsignedLong unsignedInt unsignedShort unsignedByte"
)

# In the original the simple types may carry `id` and `href`; we never send those.
_SOAP_ENCODING = """<xs:schema xmlns:xs="http://www.w3.org/2001/XMLSchema"
  xmlns:e="http://schemas.xmlsoap.org/soap/encoding/"
  targetNamespace="http://schemas.xmlsoap.org/soap/encoding/">
  <xs:attribute name="arrayType" type="xs:string"/>
  <xs:attribute name="offset" type="xs:string"/>
  <xs:attribute name="position" type="xs:string"/>
  <xs:attributeGroup name="commonAttributes">
    <xs:attribute name="id" type="xs:ID"/>
    <xs:attribute name="href" type="xs:anyURI"/>
  </xs:attributeGroup>
  <xs:attributeGroup name="arrayAttributes">
    <xs:attribute ref="e:arrayType"/>
    <xs:attribute ref="e:offset"/>
  </xs:attributeGroup>
  <xs:group name="Array">
    <xs:sequence>
      <xs:any namespace="##any" minOccurs="0" maxOccurs="unbounded" processContents="lax"/>
    </xs:sequence>
  </xs:group>
  <xs:complexType name="Array">
    <xs:group ref="e:Array" minOccurs="0"/>
    <xs:attributeGroup ref="e:arrayAttributes"/>
    <xs:attributeGroup ref="e:commonAttributes"/>
  </xs:complexType>
  <xs:element name="Array" type="e:Array"/>
  {simple}
</xs:schema>"""

_XML_NAMESPACE = """<xs:schema xmlns:xs="http://www.w3.org/2001/XMLSchema"
  targetNamespace="http://www.w3.org/XML/1998/namespace">
  <xs:attribute name="lang" type="xs:string"/>
  <xs:attribute name="space" type="xs:string"/>
  <xs:attribute name="base" type="xs:anyURI"/>
  <xs:attribute name="id" type="xs:ID"/>
</xs:schema>"""

KNOWN_DOCUMENTS = {
    "http://schemas.xmlsoap.org/soap/encoding/": _SOAP_ENCODING.replace(
        "{simple}",
        "".join(
            f'<xs:simpleType name="{name}"><xs:restriction base="xs:{name}"/></xs:simpleType>'
            for name in _SIMPLE.split()
        ),
    ).encode(),
    "http://www.w3.org/2001/xml.xsd": _XML_NAMESPACE.encode(),
}
"""By address."""
