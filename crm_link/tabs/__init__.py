"""What stands in the row of tabs of a card; each module registers its provider."""
