"""The Python client of the platform's REST API."""
