"""The ways by which customers write: one module each, found at start."""
