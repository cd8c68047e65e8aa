"""The verbs of the command line, one file each. `cadline.cli` puts them together."""
