"""A simulated ConnectWise PSA that speaks real HTTP: a world to change, its REST answers, callbacks and faults.

Shares no code with the client it is tried against: it is written from ConnectWise's public documentation and captured
answers, else a test would only prove that we agree with ourselves.
"""
