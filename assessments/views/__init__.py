"""Pages of assessments, questionnaires and the screening."""
