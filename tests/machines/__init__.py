"""Several machines for real: processes of two accounts, on servers that Debian packages bring."""
