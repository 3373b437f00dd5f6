"""Tests of what stands on a sheet."""
