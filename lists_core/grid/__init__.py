"""The grid of a list: its state in the address, its columns, its cells."""
