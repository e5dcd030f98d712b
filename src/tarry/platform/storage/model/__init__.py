"""Storage URIs and who may use them. Pure."""
