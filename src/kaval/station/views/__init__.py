"""Pages: each translates a request, makes one call, and translates the answer. `gate` stands before all of them."""
