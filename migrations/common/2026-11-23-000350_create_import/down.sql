DROP TABLE publisher_claim;
DROP TABLE import_object;
DROP TABLE import;
