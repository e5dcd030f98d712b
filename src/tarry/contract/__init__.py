"""The asynchronous-service contract: kinds, ports and values, status, ids. Pure."""
