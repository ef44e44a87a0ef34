"""Generated stubs of generation 1: see proto/emgrig/vhi/v1/vhi.proto."""
