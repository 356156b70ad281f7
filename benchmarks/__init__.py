"""Every figure of the documents, each with a rival beside it in the same run."""
