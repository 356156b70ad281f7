"""Full backup and restore of a study folder while it is in use. Entry point: `snapshot`."""
