"""Ways out of the portal; one module a channel (`services.outgoing.channels`)."""
