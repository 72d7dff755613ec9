-- Documents and signed forms that are written from here on lie packed (`values::Packed`). What is there stays as it is and
-- is read as before, so nothing has to be changed; but a program from before cannot read what is new, and refuses to start
-- on a database that has this migration.
SELECT 1;
