"""Shared parts of the benchmarks of the online form: phones, disks, servers."""
