"""From a PDF's glyphs to blocks: words, pages in reading order, structure, front matter.

Where to look: `pdfium` and `annotations` open the file's own parts, `painted` tells what can be seen; `text`, `numbers`
and `tables` make spans of words; `pages` puts these in order without the furniture; `structure` and `front` make the
document of them.
"""
