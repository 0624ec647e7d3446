"""Documents from .docx templates.

A template is a stranger's program: it is opened, checked and filled in a limited child process
only (`child`), with an environment that knows an allowed few kinds of expressions
(`environment`) and data that are plain values (`plain`). Nothing below `child` needs Django.
"""
