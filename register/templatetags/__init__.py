"""Tags of the register's pages."""
