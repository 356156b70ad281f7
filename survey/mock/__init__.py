"""The mock city: a known truth, a sample drawn from it, answers, free text, planted faults."""
