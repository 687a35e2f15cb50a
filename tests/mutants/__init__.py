"""Small changes to the code that some test has to notice: `make mutants COUNT=300`."""
