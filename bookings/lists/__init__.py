"""Lists of people for a closed clinic: read from a file or from what was pasted, checked row by row, and added whole.

``reading`` turns bytes into rows of text, ``spreadsheets`` those of a workbook; ``columns`` says what each column is;
``rows`` checks each row; ``matches`` finds who is known already; ``carrying`` takes rows from page to page without
keeping them; ``actions`` adds them.
"""
