"""The data of a study: versions, previews of imports, exports. Front door: `versions`."""
