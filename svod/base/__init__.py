"""What every app may use: domain errors and the registry. No models, no web layer."""
