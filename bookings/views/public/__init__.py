"""The public's pages: booking, one question a page, and finding a booking again."""
