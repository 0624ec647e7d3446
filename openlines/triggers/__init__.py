"""How conversations start processes."""
