DROP TABLE association;
DROP TABLE alignment;
DROP TABLE rubric_criterion_level;
DROP TABLE result_description;
DROP TABLE rubric;
DROP TABLE achievement_version;
DROP TABLE achievement;
