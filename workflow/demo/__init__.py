"""The demo: one made-up city, its people and a year of its data, made through the product's own services."""
