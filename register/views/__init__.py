"""Pages of the register, one module a subject: a partnership, editing, the list, documents, imports."""
