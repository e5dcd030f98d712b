"""What comes into this room: SOAP calls over HTTP."""
