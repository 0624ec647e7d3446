"""Kinds of long work: one module each, found at start in every app's `jobs` package."""
