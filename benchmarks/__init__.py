"""Measured speed: `make bench`. Ratios to hand-written code in the same run, never a CI test."""
