"""The timeline of an item: composed when it is read, one module for each source."""
