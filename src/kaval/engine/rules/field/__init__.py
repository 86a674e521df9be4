"""The day itself: what a site may become next, what each outcome needs, and what makes a seized item
sound."""
