"""Write everything that was measured into sessions on disk, and look after them."""
