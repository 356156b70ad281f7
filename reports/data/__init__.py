"""The data of a study: versions, import previews, exports. Entry point: `versions`."""
