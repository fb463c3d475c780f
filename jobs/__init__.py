"""What happens when the clock strikes: the only glue between the rooms."""
