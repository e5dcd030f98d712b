"""The database, and WSDLs over HTTP."""
