"""The fictional MSP's people, customers and tickets: plain values, no engine."""
