"""Steps of processes that work with conversations."""
