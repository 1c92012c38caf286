"""Words to HTML and text: Markdown, templates, filters."""
