"""Mail messages and the ways they leave: outbox folder, SMTP, SendGrid."""
