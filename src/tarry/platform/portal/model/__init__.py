"""What the pages show, worked out without a browser: words, forms, and hostile status pages."""
