"""Parts of lists that CRM shows as tables; each module registers its kind of scope."""
