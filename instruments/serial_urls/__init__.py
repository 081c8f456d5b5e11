"""Serial-port addresses that pyserial is taught; see `protocol_comsocket`."""
