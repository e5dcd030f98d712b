"""Run programs that outlive us: job, executor, logs, abort."""
