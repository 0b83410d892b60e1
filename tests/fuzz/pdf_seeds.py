"""PDFs of what papers seldom hold: forms, annotations, layers, text at angles. Not compressed, so that edits tell."""

from __future__ import annotations

from tests.corpus.pdfs import one_page, raw_pdf, stream

_FONTS = b"/Font << /A << /Type /Font /Subtype /Type1 /BaseFont /Helvetica >> >>"
_PAGE = b"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 600 800] /Contents 4 0 R "
_FORM = b"/Type /XObject /Subtype /Form "
_BODY = b"BT /A 18 Tf 50 750 Td (Sluices) Tj /A 10 Tf 0 -60 Td (The gate weighs 4711 tonnes, so it is shut.) Tj ET "
_FIELD = b"/Subtype /Widget "
_ANNOTATIONS = (
    _FIELD + b" /FT /Tx /T (a) /V (Jane Doe) /DA (/A 12 Tf 0 g) /F 4 /Rect [50 600 300 620]",
    _FIELD + b" /FT /Tx /T (b) /Ff 4096 /MaxLen 20 /V (two\\nlines) /DA (/A 0 Tf 1 0 0 rg) /Rect [50 560 300 595]",
    _FIELD + b" /FT /Ch /Ff 131072 /T (c) /Opt [(red) [(g) (green)]] /V (g) /DA (/A 9 Tf 0 g) /Rect [50 540 90 555]",
    _FIELD + b" /FT /Btn /T (d) /V /Yes /AS /Yes /AP << /N << /Yes 5 0 R /Off 5 0 R >> >> /Rect [50 520 70 535]",
    _FIELD + b" /FT /Btn /Ff 65536 /T (e) /MK << /CA (Send) /BG [0.9] >> /DA (/A 9 Tf 0 g) /Rect [90 520 150 535]",
    b"/Subtype /FreeText /Contents (320 litres\\rat noon) /DA (/A 12 Tf 0 g) /Rect [50 480 300 515]",
    b"/Subtype /FreeText /RC (<p>a <b>b</b></p>) /DS (font: 9pt) /CL [1 2 3 4 5 6] /Rect [50 460 300 475]",
    b"/Subtype /Stamp /Name /Draft /AP << /N 5 0 R >> /Rect [50 430 300 455]",
    b"/Subtype /Highlight /C [1 1 0] /QuadPoints [50 700 90 700 50 690 90 690] /Rect [50 690 90 700]",
    b"/Subtype /Square /IC [0 0 0] /C [0 0 0] /BS << /W 2 >> /Rect [50 400 300 420]",
    b"/Subtype /Redact /OverlayText (X) /QuadPoints [50 700 90 700 50 690 90 690] /Rect [50 690 90 700]",
    b"/Subtype /Line /L [50 380 300 380] /Cap true /Contents (9 m) /Rect [50 370 300 390]",
    b"/Subtype /Link /A << /S /URI /URI (https://example.org) >> /Rect [50 350 90 360]",
    b"/Subtype /Text /Open true /Contents (a note) /Popup 5 0 R /Rect [50 330 70 345]",
)


def form() -> bytes:
    """Fields and annotations of every kind, with and without drawings of their own."""
    first = 7
    kids = b" ".join(b"%d 0 R" % (first + index) for index in range(len(_ANNOTATIONS)))
    drawing = b"q 1 g 0 0 40 20 re f Q BT /A 12 Tf 2 4 Td (DRAFT) Tj ET"
    fields = b"<< /Fields [%s] /NeedAppearances true /DA (/A 0 Tf 0 g) /DR << %s >> >>" % (kids, _FONTS)
    return raw_pdf(
        b"<< /Type /Catalog /Pages 2 0 R /AcroForm %s >>" % fields,
        b"<< /Type /Pages /Kids [3 0 R] /Count 1 >>",
        _PAGE + b"/Rotate 0 /Annots [%s] /Resources << %s >> >>" % (kids, _FONTS),
        stream(_BODY),
        stream(drawing, _FORM + b"/BBox [0 0 40 20] /Matrix [1 0 0 1 0 0] /Resources << %s >>" % _FONTS),
        b"<< >>",
        *(b"<< /Type /Annot %s >>" % annotation for annotation in _ANNOTATIONS),
    )


def layers() -> bytes:
    """Text and shapes in layers that are on, off, and members of others; one of a form."""
    content = (
        _BODY + b"/OC /Off BDC BT /A 10 Tf 50 600 Td (hidden words) Tj ET EMC "
        b"/OC /On BDC BT /A 10 Tf 50 580 Td (shown words) Tj ET 0 0 0 rg 40 680 200 20 re f EMC /OC /Both BDC /F Do EMC"
    )
    inside = b"BT /A 10 Tf 50 560 Td (words of a form) Tj ET"
    usual = b"<< /Name (usual) /BaseState /ON /ON [6 0 R] /OFF [5 0 R] /Order [5 0 R 6 0 R] /AS [%s] >>"
    event = b"<< /Event /View /Category [/View] /OCGs [5 0 R] >>"
    names = b"/Properties << /Off 5 0 R /On 6 0 R /Both 7 0 R >>"
    return raw_pdf(
        b"<< /Type /Catalog /Pages 2 0 R /OCProperties << /OCGs [5 0 R 6 0 R] /D %s >> >>" % (usual % event),
        b"<< /Type /Pages /Kids [3 0 R] /Count 1 >>",
        _PAGE + b"/Resources << %s /XObject << /F 8 0 R >> %s >> >>" % (_FONTS, names),
        stream(content),
        b"<< /Type /OCG /Name (off) /Usage << /View << /ViewState /OFF >> >> >>",
        b"<< /Type /OCG /Name (on) >>",
        b"<< /Type /OCMD /OCGs [5 0 R 6 0 R] /P /AnyOn /VE [/Or 5 0 R [/Not 6 0 R]] >>",
        stream(inside, _FORM + b"/OC 5 0 R /BBox [0 0 600 800] /Resources << %s >>" % _FONTS),
    )


def angles() -> bytes:
    """Slanted, raised, squeezed, clipped and invisible text, under a picture and a curve, on a page with odd boxes."""
    content = (
        _BODY + b"q 0.7 0.7 -0.7 0.7 200 300 cm BT /A 60 Tf (DRAFT) Tj ET Q "
        b"BT 0 1 -1 0 500 200 Tm /A 9 Tf (It is 10) Tj 4 Ts /A 6 Tf (-4 m) Tj 0 Ts ET "
        b"BT /A 10 Tf 50 500 Td (The x) Tj /A 6 Tf 4 Ts (T) Tj 0 Ts /A 10 Tf ( is here.) Tj ET "
        b"BT /A 12 Tf 1 Tz 50 480 Td (hairline) Tj 100 Tz 3 Tr 0 -20 Td (unseen) Tj 7 Tr 0 -20 Td (cut out) Tj ET "
        b"q 50 400 m 90 440 130 440 170 400 c h W n BT /A 20 Tf 50 405 Td (clipped) Tj ET Q "
        b"q 100 0 0 50 50 300 cm BI /W 1 /H 1 /CS /G /BPC 8 ID \x80 EI Q 5 w 50 200 m 150 200 l S"
    )
    page = b"/MediaBox [-10 -10 600 800] /CropBox [0 0 590 790] /UserUnit 2 /Rotate 90"
    return one_page(content, _FONTS, page)


PDFS = (form(), layers(), angles())
