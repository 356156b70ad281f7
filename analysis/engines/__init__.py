"""Engines that sum responses: DuckDB in this process, or Spark on a cluster, by the same SQL text."""
