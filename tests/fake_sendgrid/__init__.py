"""A stateful stand-in for SendGrid: its rules, its faults on command, its events, and a judge at the end."""
