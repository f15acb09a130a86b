"""Documents: what reading recovers of known texts and hard files, and what indexing costs beside a plain pipeline.

`python -m eval documents [--quick] [--part NAME ...]` runs these parts and keeps them in `results/documents.json`, a
line a file in `results/documents-items.jsonl`; a part that is run alone replaces its own figures there only, and a
quick run has files of its own. Each part notes when, at what revision and under what load it ran.

- `fidelity`: character error rates of files whose text is known (`../shared/data/c3_rendered_zh`), and how much of the
  sources of the shipped corpus is found in its printed documents. Three rates: `cer` after NFKC without white space,
  `cer_letters` on letters and digits only (tables gain separators when they are read as sentences), `cer_as_written`
  without NFKC. A file that is refused counts as all wrong.
- `hard`: files that break parsers (`c1_hard_pdf`, `c2_office_html_csv`) through the product's own parser process.
- `throughput`: indexing beside a plain LangChain pipeline with the same embedder, in turns, each in a process of its
  own; and the second run over unchanged files. The product embeds windows of chunks and writes two indexes; the plain
  pipeline embeds its chunks. So both chunks per second and seconds per 1,000 characters of text are given. Neither
  uses OCR here.
- `page`: a long PDF of which one page changes.
- `resume`: the indexing process is killed at random points and run again.

The plain side are the loaders of langchain-community (`pip install -e '.[baseline]'`), as their documentation shows
them; where a library is missing, parts are measured without it. Parts whose data or programs are missing say so.
"""
