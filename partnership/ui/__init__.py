"""The interface kit: page frame, forms, components, numbers and charts (see docs/ui.md)."""
