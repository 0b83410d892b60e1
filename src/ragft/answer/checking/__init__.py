"""Whether the sources support what is said: words, numbers, names, denials, meaning.

Where to begin: `finding` chooses the source of a sentence and its verdict. It uses three kinds of modules.

- How well a source supports the sentence: `support` (words and numbers), `nli` (a local model for inference),
  `model_judge` (the answering model), `other_language`.
- Reasons to doubt it although its words are there, all called from `doubts`: `negation`, `opposites`, `comparisons`,
  `exchanged`, `numbered`, `roles`, `claim_names`, `values` and `table_cells` (to what a number belongs).
- How a text is read for that: `terms`, `same_meaning`; for numbers `dates`, `magnitudes`, `units`, `versions` and
  `whole_numbers`.

`quotes` chooses what is shown of a source. docs/experiments/checking.md counts for each rule what it stops and what it
costs.
"""
