"""Run programs that outlive us: jobs, where they run, their logs and their end."""
