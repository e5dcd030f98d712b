"""The workflow document: model, XML, validation."""
