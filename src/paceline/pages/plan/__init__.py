"""Looking ahead: goals, ramp, where to put the effort, how often we are wrong, what a gap is made of; boards; saved views."""
