"""What the benchmarks of the online form share: phones, disks, servers."""
