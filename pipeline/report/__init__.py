"""Report: counts and codes for people. Holds no PHI."""
