DROP TABLE evidence;
DROP TABLE result;
DROP TABLE assertion;
