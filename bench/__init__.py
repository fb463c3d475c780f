"""Reproducible measurements, never run as tests."""
