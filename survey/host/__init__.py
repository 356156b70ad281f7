"""The machine underneath: its disk, permissions and environment, who uses it, and logs that show every change."""
