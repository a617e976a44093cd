"""`python -m benchmarks.geocoding [--scale 0.1]`: rows, engine, figures, goals; see report.py."""

from benchmarks.geocoding.report import main

main()
