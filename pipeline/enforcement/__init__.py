"""What takedowns lead to for their seller: pure modules that flagging calls record by record."""
