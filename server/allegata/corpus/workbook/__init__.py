"""The workbook: a corpus as sheets of rows, for whoever knows spreadsheets; `columns.toml` says which there are."""
