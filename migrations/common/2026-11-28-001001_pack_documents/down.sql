-- What was written packed stays packed, and a program from before cannot read it.
SELECT 1;
