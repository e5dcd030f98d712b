"""What is measured against whom; `python -m benchmarks` runs all of it."""
