"""The Checklists tab."""

urlpatterns: list = []
