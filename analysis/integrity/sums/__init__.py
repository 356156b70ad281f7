"""What the signals of a wave and mode are made from: sums by cluster, to which new answers are added."""
