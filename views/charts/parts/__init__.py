"""The parts that every chart is built of: frame, style, whiskers, grid."""
