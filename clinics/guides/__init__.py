"""The short pages that answer the public's questions: their texts, the marks in them, and which text is shown."""
