-- SQL unpacks nothing: a program from before reads what was written before.
SELECT 1;
