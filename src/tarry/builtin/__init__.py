"""The platform's own services, built with the author's kit."""
