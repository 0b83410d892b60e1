"""Files of Word, PowerPoint and Excel (Open XML)."""
