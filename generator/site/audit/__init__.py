"""Our own fast pass over every page of a built site: what a machine can say of accessibility, links and leaks."""
