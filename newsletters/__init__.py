"""The mail magazines (メールマガジン): issues, approval, audience and delivery."""
