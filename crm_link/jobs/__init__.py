"""Long work of CRM; each module registers its kind of job."""
