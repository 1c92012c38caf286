"""The company directory of the website: pages, lists and their data, stamped into lean shells."""
