DROP TRIGGER endorsement_frozen;
DROP TRIGGER evidence_file_no_delete;
DROP TRIGGER evidence_file_frozen;
