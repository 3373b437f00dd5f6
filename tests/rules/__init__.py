"""The rules: worked cases with their figures, properties, edges."""
