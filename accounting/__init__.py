"""What does a declaration owe, what does the book say, and what goes on the papers?

Pure functions, and the ledger: the only writer of the journal. This room knows `schemas` alone.
"""
