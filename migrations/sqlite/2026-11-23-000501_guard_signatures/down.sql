DROP TRIGGER signed_form_frozen;
DROP TRIGGER signing_key_frozen;
DROP TRIGGER signing_key_no_delete;
