"""What comes in from browsers and programs: REST, server-sent events and pages."""
