"""Reports that people read: one offline page, words and tables, figures."""
