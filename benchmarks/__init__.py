"""Benchmarks behind every figure in the documents, each compared with a rival in the same run."""
