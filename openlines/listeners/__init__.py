"""What open lines do when items of CRM are written."""
