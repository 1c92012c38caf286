"""Running koho for years: doctor, backup and restore, one door a process."""
