"""The SOAP doors of the accounts."""
