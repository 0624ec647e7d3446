"""Ready processes of the demo portal, with the lists that they work on."""
