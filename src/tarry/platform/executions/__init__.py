"""Durable runs of workflows: the workflow manager."""
