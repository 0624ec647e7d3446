"""The demo portal: real tables and a small office, loaded by `manage.py load_demo`."""
