"""Field types: one module each. `autodiscover` finds them, here and in the apps above."""
