"""Where readers send what they know: a public form that can add rows and do nothing else."""
