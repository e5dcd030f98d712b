"""What comes in: the worker that drives the executions, and the push of a service."""
