"""The papers we send: values rendered as EDIFACT, XML and pages, numbered, and kept in the outbox."""
