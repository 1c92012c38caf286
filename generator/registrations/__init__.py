"""Registrations for events (催しの申込): places counted, a waiting list, and a list for the organiser."""
