"""Render what `reports` built as PPTX, DOCX, PDF, XLSX, PNG and HTML; the only room that knows their libraries."""
