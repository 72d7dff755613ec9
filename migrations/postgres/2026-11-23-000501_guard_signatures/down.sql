DROP TRIGGER signed_form_frozen ON signed_form;
DROP TRIGGER signing_key_frozen ON signing_key;
DROP TRIGGER signing_key_no_delete ON signing_key;
