"""One packet: from data that was judged to files ready to be published."""
