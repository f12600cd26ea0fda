"""Random faults under real pushes: what goes wrong when (plan), the city it happens in (world), one push (trial)."""
