"""Files to take away: workbooks and slides made from finished cards."""
