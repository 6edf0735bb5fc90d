"""From tallies, or raw rows where a month is broken, to results: IKM, trend, breakdown, ranking."""
