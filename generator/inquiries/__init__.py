"""Inquiries (問い合わせ) to the office: about a page, about one company, about a shortlist."""
