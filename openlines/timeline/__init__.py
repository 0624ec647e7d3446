"""What conversations tell in the timelines of CRM items."""
