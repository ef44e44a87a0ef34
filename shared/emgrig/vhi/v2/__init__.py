"""Generated stubs of generation 2: see proto/emgrig/vhi/v2/remote.proto."""
