"""Live services: the fault table, routing, whole answers, and native tool calling with all schemas for comparison.

`python -m eval tools [--part NAME ...] [--split dev|test] [--limit N] [--quick] [--resume]` keeps figures in
`results/tools.json`, tables in `results/tools.md` and a line a question in `results/tools-items.jsonl`.

- `faults`: every feed broken in every way, one at a time, for each service that reads it; no model, a few minutes.
- `routing`: which services and arguments the router finds for the questions of `datasets/tools.jsonl`.
- `answers`: the same questions asked of the whole assistant, with the demonstration city at the time of each.
- `native`: the same questions given to the model with the schemas of all services; a sample of 20, half a minute each.
"""
