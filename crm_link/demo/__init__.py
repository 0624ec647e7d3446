"""CRM of the demo portal: a firm that sells stone and its fitting, with all that hangs on deals."""
