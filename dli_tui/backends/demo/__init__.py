"""The built-in demo: a small world of workflows that needs no server.

Nothing in it is stepped. What a run looks like is a closed function of the seed, its slot,
the actions taken before, and the clock, so the same hour always shows the same picture and
a hundred thousand workflows cost nothing until they are looked at.

`scenario` says what a world is made of, `cast` who is in this one, `crowd` adds any number
more; `timeline` lays out one run, `world` puts runs, schedules and actions together;
`journal` keeps what a person did; `backend` answers the port.
"""
