DROP TRIGGER endorsement_frozen ON endorsement;
DROP TRIGGER evidence_file_no_delete ON evidence_file;
DROP FUNCTION refuse_deletion_of_issued();
DROP TRIGGER evidence_file_frozen ON evidence_file;
