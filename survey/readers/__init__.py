"""One file per tool that exports answers; `registry` knows them all."""
