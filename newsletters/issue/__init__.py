"""One issue (号): what is chosen, how it reads in three faces, and how it is frozen."""
