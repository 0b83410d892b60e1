"""Questions about the collection itself, answered from the catalogue and without a model.

`grammar` reads what is asked, `shelf`, `names`, `people` and `subjects` look it up, `phrases` says it, `librarian` puts
the three together.
"""
