"""What is asked of pdfium, and how its functions are called."""
