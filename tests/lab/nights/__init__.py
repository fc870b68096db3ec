"""Twelve nights: an incident is planted in a real lab, and somebody who knows nothing gets from opening to proof.

``script/nights`` runs them all and prints the table of the README.
"""
