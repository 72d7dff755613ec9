DROP TABLE setting;
DROP TABLE profile;
