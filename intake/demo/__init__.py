"""Sample data and the reference sharing system; never part of a production installation."""
