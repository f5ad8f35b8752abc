"""What in a reply somebody should look at before it counts. Each finds; nobody here decides."""
