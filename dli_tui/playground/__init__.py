"""A PyAirtable service to try things on: all in memory, told by a clock that is handed in.

It answers as the contract of seed 003 says, or as two older generations of the service were
recorded to, so that one client can be held against all three. Nothing that it is asked to do
leaves it: a step takes its time and gives a plausible answer, and that is all. Needs the extra
`server`.
"""
