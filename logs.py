"""The log: lines of one shape, as text or as JSON, with the id of the run in each and no secret in any."""
