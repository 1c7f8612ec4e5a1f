"""What the LMS says, in our words. LTI 1.3, AGS 2.0, NRPS 2.0."""
