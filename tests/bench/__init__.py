"""Speed, always side by side with what a user would take instead; never a test that fails on a slow day."""
