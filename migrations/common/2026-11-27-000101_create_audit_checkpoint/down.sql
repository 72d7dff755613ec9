DROP TABLE audit_unchained;
DROP TABLE audit_checkpoint;
