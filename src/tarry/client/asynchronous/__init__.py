"""The client for programs that do many things at once."""
