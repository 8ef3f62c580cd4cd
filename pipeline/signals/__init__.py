"""One reason to suspect a listing a file; `catalogue` lists them."""
