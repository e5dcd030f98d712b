"""Files behind storage URIs, one adapter per back end."""
