"""Where we look: one small file for each kind of source."""
