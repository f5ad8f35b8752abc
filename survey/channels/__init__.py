"""Plain HTTP routes over the same use cases as the pages: accounts, files, receipts, the respondent's shell."""
