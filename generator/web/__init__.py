"""The page: what a command does, for people who never open a terminal (``lianheti serve``)."""
