"""How did the database come to its present form? One file a step, applied in order, never changed after."""
