"""Registered services and published workflows."""
