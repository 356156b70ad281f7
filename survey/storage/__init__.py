"""Storage of responses on disk, independent of questionnaires. Entry point: `store.ResponseStore`."""
