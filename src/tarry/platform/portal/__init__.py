"""The browser's door: REST, server-sent events and the pages."""
