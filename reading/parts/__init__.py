"""The further parts of a thread, each format in a small file: drafts, as of an article."""
