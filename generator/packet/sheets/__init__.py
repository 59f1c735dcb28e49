"""The sheets of a packet that are for the applicant's eyes only."""
