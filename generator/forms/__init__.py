"""What every form of the public shares: base app, tokens, field checks, throttles."""
