"""Places in a reply that are filled when it is inserted: `{{client.name|dear customer}}`."""
