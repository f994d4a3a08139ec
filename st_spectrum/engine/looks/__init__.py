"""What is new at a source since the last look."""
