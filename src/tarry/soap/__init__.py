"""SOAP 1.1 and WSDL 1.1, both directions: describe, parse, serve, call."""
