"""Templates of organisations: what is wrong with one, and a starter made from ours."""
