"""Tests and models on weighted answers. Front door: `observations` (observe); `regression` (regress)."""
