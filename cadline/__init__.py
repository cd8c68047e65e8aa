"""The one named room: settings, wiring, clock, logs, workers, the command line. It knows all the others."""
