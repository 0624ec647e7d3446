"""Every write about people and departments; `actor` is who does it, None is the program."""
