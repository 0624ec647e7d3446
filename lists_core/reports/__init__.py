"""Reports: a list's elements grouped and measured. What may be asked of a field its type tells."""
