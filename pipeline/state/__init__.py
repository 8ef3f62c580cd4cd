"""What a stage remembers: the store protocol, its view for one chunk, and the memory store."""
