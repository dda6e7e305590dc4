"""Takes in records in the formats of others: each becomes rows of a workbook, which a person reviews before it is imported."""
