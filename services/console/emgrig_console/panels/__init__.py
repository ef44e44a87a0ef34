"""One module per panel of the page; each has one function, `build`."""
