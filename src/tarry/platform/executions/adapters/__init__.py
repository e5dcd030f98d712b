"""How executions are kept, and how the services of their steps are called."""
