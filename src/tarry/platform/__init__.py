"""The platform: accounts, storage, catalogue, workflows, executions and portal."""
