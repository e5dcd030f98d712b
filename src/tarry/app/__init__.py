"""Settings and wiring of the platform, and the demo."""
