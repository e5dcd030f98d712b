"""The author's kit: a program file becomes an asynchronous web service."""
