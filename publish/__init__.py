"""What readers get: Atom, RSS and JSON Feed of what editors approved. Read only."""
