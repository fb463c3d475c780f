"""One file for each blog or forum engine: what its markup means. How to add one: docs/reading.md."""
