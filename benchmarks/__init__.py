"""Speed and memory, each measured beside a bare baseline in the same run: `make bench`.

A file `bench_<subject>.py` holds `Measure`s in a tuple `MEASURES`. Each is run in a process of its own, so that its
memory is its own; figures and machine go to docs/performance.md by hand.
"""
