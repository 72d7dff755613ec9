DROP TABLE endorsement;
DROP INDEX credential_by_clr;
ALTER TABLE credential DROP COLUMN clr_id;
DROP TABLE clr_assertion;
DROP TABLE clr;
