"""Known totals, trimming, non-response, replicates. Front door: `weights` (rake, post_stratify)."""
