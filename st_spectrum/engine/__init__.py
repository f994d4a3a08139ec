"""Runs any flow: claims a record, carries out its steps, looks up what was lost, asks again."""
