// This worker does nothing: its address is what is kept.
