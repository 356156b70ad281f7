"""XLSX: one table a sheet, with sheets of contents and notes, native charts and no merged cells."""
