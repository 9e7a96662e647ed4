"""The schools' calendar: on which days nobody works, and until when something is due."""
