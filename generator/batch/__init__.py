"""Many packets in one run: processes or a cluster, resume, a report."""
