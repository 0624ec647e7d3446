"""Tables of other programs: reading them, guessing what they hold, writing them."""
