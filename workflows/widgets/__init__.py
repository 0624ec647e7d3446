"""How the designer asks for parameters: one small module for each widget of `Shown`."""
