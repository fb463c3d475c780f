"""HOW WE KNOW THAT ALL IS WELL: figures of what runs and what it brings, conditions, alarms, charts and who is told."""
