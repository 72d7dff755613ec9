DROP TABLE signed_form;
DROP TABLE signing_key;
