"""Native charts of Office files: one chart part with its workbook for slides and for documents."""
