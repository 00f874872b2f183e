"""What users of other tills complain of most (the table of thirty), each as a story that must end well here."""
