"""What do the generated documents have in common? How they are settled, and what their pages say."""
