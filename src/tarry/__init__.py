"""Tarry: programs worth waiting for."""
